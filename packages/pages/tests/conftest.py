"""An application double, and ways to run its pages with Streamlit's own test runner."""

from __future__ import annotations

import itertools
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fluxlit_pages import FluxLitPublicUrls, PageRegistry, main_path, target
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

_names = (f"fluxlit_pages_application_{number}" for number in itertools.count())


class Settings:
    """Settings that pages may ask for by type."""

    def __init__(self, **values: Any) -> None:
        self.title = "Test application"
        self.streamlit_page_config: dict[str, Any] = {}
        self.strict_page_signatures = False
        self.experimental_yield_pages = False
        self.public_base_url = ""
        self.api_mount_path = "/api"
        self.root_path = ""
        vars(self).update(values)

    def public_mount_path(self) -> str:
        return self.root_path


class Client:
    """Stands where the API client is."""


class Application:
    """Meets `PageApp` as FluxLit does, without FastAPI and gateway."""

    def __init__(self, *, session_store: Any = None, api: Any = None, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.session_store = session_store
        self.api = api or SimpleNamespace(docs_url="/docs", redoc_url="/redoc", openapi_url="/openapi.json")
        self.urls = FluxLitPublicUrls(self)
        self.page_registry = PageRegistry(self)
        self.page = self.page_registry.page
        self.clients: list[Client] = []

    def get_client(self) -> Client:
        self.clients.append(Client())
        return self.clients[-1]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def make_app() -> type[Application]:
    return Application


@pytest.fixture
def app(make_app: type[Application]) -> Application:
    return make_app()


@pytest.fixture(autouse=True)
def interpreter_left_as_found(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test loads or Streamlit replaces is gone afterwards."""
    modules, path, found = set(sys.modules), list(sys.path), dict(target._found)
    # Streamlit's runner puts the script in the place of __main__, and remembers the kind of the last application.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    for variable in (
        "FLUXLIT_APP",
        "FLUXLIT_SCRIPT",
        "FLUXLIT_TEST_PAGE_OVERRIDES",
        "FLUXLIT_EXPERIMENTAL_YIELD_PAGES",
    ):
        monkeypatch.delenv(variable, raising=False)
    yield
    sys.path[:] = path
    target._found.clear()
    target._found.update(found)
    for name in set(sys.modules) - modules:
        file = getattr(sys.modules[name], "__file__", None) or ""
        # Libraries stay: importing them again is slow and some cannot be imported twice.
        if "site-packages" not in file and "/src/fluxlit" not in file and not file.startswith(sys.base_prefix):
            del sys.modules[name]


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Run the entry script for an application: ``show(app, query={"page": "Reports"})``."""

    def run(app: object, *, query: Mapping[str, str | list[str]] | None = None) -> AppTest:
        name = next(_names)
        module = types.ModuleType(name)
        vars(module)["app"] = app
        monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.setenv("FLUXLIT_APP", f"{name}:app")
        shown = AppTest.from_file(str(main_path()), default_timeout=60)
        for key, value in (query or {}).items():
            shown.query_params[key] = value
        return shown.run()

    return run


@pytest.fixture
def write_module(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a source file below the test's folder and return its path."""

    def write(name: str, text: str) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write
