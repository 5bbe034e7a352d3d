"""An application double, and ways to run its pages with Streamlit's own test runner."""

from __future__ import annotations

import contextlib
import http.server
import importlib.util
import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

from fluxlit_pages import main_path, target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_names = (f"fluxlit_pages_application_{number}" for number in itertools.count())


_SERVING = Path(__file__).parent / "serving"


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"fluxlit_pages_tests_{name}", _SERVING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Application: Any = _load("page_application").Application


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def make_app() -> Any:
    return Application


@pytest.fixture
def app(make_app: Any) -> Any:
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
        "FLUXLIT_PAGE_ERROR_DETAILS",
        "FLUXLIT_SCRIPT",
        "FLUXLIT_TEST_PAGE_OVERRIDES",
        "FLUXLIT_EXPERIMENTAL_YIELD_PAGES",
    ):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
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


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Serve the entry script for the source text of an application: returns the server's ``host:port``.

    Tests of one module that serve the same share a server; each tab is a session of its own.
    """
    running: dict[tuple[str, str], str] = {}
    with contextlib.ExitStack() as stack:

        def serve_once(source: str, *, folder: Path | None = None, **options: Any) -> str:
            key = (source, json.dumps(options))
            if key not in running:
                folder = folder or tmp_path_factory.mktemp("served")
                head = "from page_application import Application\napp = Application()\n"
                (folder / "served_app.py").write_text(head + source, encoding="utf-8")
                running[key] = _start_streamlit(folder, options, stack)
            return running[key]

        yield serve_once


def _start_streamlit(folder: Path, options: Mapping[str, Any], stack: contextlib.ExitStack) -> str:
    # Bound and listening here: whoever connects waits in its backlog until the child accepts.
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
    child = subprocess.Popen(
        [
            sys.executable,
            str(_SERVING / "streamlit_child.py"),
            str(main_path()),
            str(listening.fileno()),
            json.dumps({name.replace("__", "."): value for name, value in options.items()}),
        ],
        cwd=folder,
        env={**os.environ, "FLUXLIT_APP": "served_app:app", "PYTHONPATH": str(_SERVING)},
        pass_fds=[listening.fileno()],
    )
    stack.callback(child.wait, 30)
    stack.callback(child.kill)
    return f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture(scope="session", autouse=True)
def streamlit_leaves_no_folder_behind() -> Iterator[None]:
    """Streamlit's test runner keeps scripts in a folder that it leaves to the end of the process, with a warning."""
    yield
    app_test.TMP_DIR.cleanup()


@pytest.fixture
def open_tab() -> Any:
    """``with open_tab("host:port") as tab: tab.run(page="reports")``; see serving/browser_tab.py."""
    return _load("browser_tab").open_tab


class _EmptyList(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - quiet about whatever is passed
        pass


class ListApi(http.server.ThreadingHTTPServer):
    """An API that answers every GET with an empty list, keeps connections open and counts them."""

    daemon_threads = True
    block_on_close = False
    connections = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api"

    def verify_request(self, *_: Any) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride] - the arguments do not matter
        self.connections += 1
        return True


@pytest.fixture
def list_api() -> Iterator[ListApi]:
    with ListApi(("127.0.0.1", 0), _EmptyList) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join(30)
