"""The fixtures. Each imports what it needs when it is used."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from fluxlit_testing.application import AppUnderTest
    from fluxlit_testing.pages.page_test import PageTest
    from fluxlit_testing.running_server import RunningServer
    from fluxlit_testing.test_client import FluxLitTestClient

__all__ = (
    "fluxlit_app",
    "fluxlit_browser_page",
    "fluxlit_client",
    "fluxlit_page",
    "fluxlit_server",
    "fluxlit_server_environment",
    "fluxlit_start_server",
    "fluxlit_target",
)


@pytest.fixture(scope="session")
def fluxlit_target(pytestconfig: pytest.Config) -> str:
    """The application under test as `module:attribute`: the ini option `fluxlit_app`, unless a conftest says else."""
    return str(pytestconfig.getini("fluxlit_app"))


@pytest.fixture
def fluxlit_app(fluxlit_target: str, pytestconfig: pytest.Config) -> AppUnderTest:
    """The application under test, imported; override this fixture to test an object made otherwise."""
    from fluxlit_testing.plugin.loading import load_app  # noqa: PLC0415 - see the module's docstring

    return load_app(fluxlit_target, folder=_app_folder(pytestconfig))


@pytest.fixture
def fluxlit_client(fluxlit_app: AppUnderTest) -> Iterator[FluxLitTestClient]:
    """A client of the application, served where its settings say, with its lifespan run."""
    from fluxlit_testing.test_client import FluxLitTestClient  # noqa: PLC0415 - see the module's docstring

    with FluxLitTestClient.of(fluxlit_app) as client:
        yield client


@pytest.fixture
def fluxlit_page(fluxlit_client: FluxLitTestClient) -> Callable[..., PageTest]:
    """Opens a page of the application, as `fluxlit_page("/reports", query={"year": "2026"})`.

    The arguments are those of `FluxLitTestClient.page`.
    """
    return fluxlit_client.page


@pytest.fixture(scope="session")
def fluxlit_server_environment() -> dict[str, str]:
    """Variables for the process of `fluxlit_server`, such as a database of the tests' own; override this fixture."""
    return {}


@pytest.fixture
def fluxlit_start_server(fluxlit_target: str, pytestconfig: pytest.Config) -> Iterator[Callable[..., RunningServer]]:
    """Starts servers of this test's own, for other settings than `fluxlit_server` has; all are stopped at its end.

    The arguments are those of `RunningServer.start`, all optional: by default the application under test is served.
    """
    from fluxlit_testing.running_server import RunningServer  # noqa: PLC0415 - see the module's docstring

    with _server_environment(pytestconfig) as environment, contextlib.ExitStack() as servers:

        def start(target: str = fluxlit_target, *, env: dict[str, str] | None = None, **options: Any) -> RunningServer:
            options.setdefault("cwd", _app_folder(pytestconfig))
            return servers.enter_context(RunningServer.start(target, env={**environment, **(env or {})}, **options))

        yield start


@pytest.fixture(scope="session")
def fluxlit_server(
    fluxlit_target: str, fluxlit_server_environment: dict[str, str], pytestconfig: pytest.Config
) -> Iterator[RunningServer]:
    """A real gateway with real sidecars on a free port, ready to open pages; one for all tests of this process."""
    from fluxlit_testing.running_server import RunningServer  # noqa: PLC0415 - see the module's docstring

    with _server_environment(pytestconfig) as environment:
        environment.update(fluxlit_server_environment)
        with RunningServer.start(fluxlit_target, cwd=_app_folder(pytestconfig), env=environment) as server:
            yield server


@pytest.fixture
def fluxlit_browser_page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab of a real browser (Playwright's page) whose relative addresses are those of `fluxlit_server`.

    It skips, with the reason, where there is no browser. A failed test leaves a screenshot in `test-artifacts/`.
    """
    from fluxlit_testing.plugin.browser_pages import browser_page_for  # noqa: PLC0415 - see the module's docstring

    with browser_page_for(request, server="fluxlit_server") as page:
        yield page


def _app_folder(config: pytest.Config) -> Path:
    return config.inipath.parent if config.inipath is not None else config.rootpath


@contextlib.contextmanager
def _server_environment(config: pytest.Config) -> Generator[dict[str, str]]:
    """Variables of a server under test: a private folder at runtime, and the modules that the tests find."""
    found = [str(_app_folder(config) / each) for each in config.getini("pythonpath")]
    # A Unix socket's path holds about 100 bytes; pytest's own folders can be longer than that.
    with tempfile.TemporaryDirectory(prefix="run-") as runtime:
        yield {
            "XDG_RUNTIME_DIR": runtime,
            "FLUXLIT_NO_PIDFILE": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, [*found, os.environ.get("PYTHONPATH", "")])),
        }
