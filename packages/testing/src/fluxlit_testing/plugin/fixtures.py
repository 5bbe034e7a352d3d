"""The fixtures. Each imports what it needs when it is used."""

from __future__ import annotations

import contextlib
import inspect
import os
import tempfile
from typing import TYPE_CHECKING

import pytest

from fluxlit_testing.plugin.reporting import FAILED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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


@pytest.fixture(scope="session")
def fluxlit_server(
    fluxlit_target: str, fluxlit_server_environment: dict[str, str], pytestconfig: pytest.Config
) -> Iterator[RunningServer]:
    """A real gateway with real sidecars on a free port, ready to open pages; one for all tests of this process."""
    from fluxlit_testing.running_server import RunningServer  # noqa: PLC0415 - see the module's docstring

    folder = _app_folder(pytestconfig)
    # A Unix socket's path holds about 100 bytes; pytest's own folders can be longer than that.
    with tempfile.TemporaryDirectory(prefix="fluxlit-") as runtime:
        environment = {
            "XDG_RUNTIME_DIR": runtime,
            "FLUXLIT_NO_PIDFILE": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")])),
            **fluxlit_server_environment,
        }
        with RunningServer.start(fluxlit_target, cwd=folder, env=environment) as server:
            yield server


@pytest.fixture
def fluxlit_browser_page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab of a real browser (Playwright's page) whose relative addresses are those of `fluxlit_server`.

    It skips, with the reason, where there is no browser. A failed test leaves a screenshot in `test-artifacts/`.
    """
    # Playwright's blocking API keeps an event loop on this thread until it is stopped, so the browser is this test's
    # alone, and an asynchronous test cannot have one.
    if inspect.iscoroutinefunction(getattr(request.function, "__wrapped__", request.function)):
        pytest.fail(
            "fluxlit_browser_page is for plain tests (def, not async def): Playwright's API blocks", pytrace=False
        )
    from fluxlit_testing.browser import open_browser  # noqa: PLC0415 - see the module's docstring
    from fluxlit_testing.errors import BrowserMissingError  # noqa: PLC0415 - as above

    with contextlib.ExitStack() as stack:
        try:
            browser = stack.enter_context(open_browser())
        except BrowserMissingError as error:
            pytest.skip(str(error))
        server: RunningServer = request.getfixturevalue("fluxlit_server")
        context = browser.new_context(base_url=server.base_url, viewport={"width": 1280, "height": 800})
        page = context.new_page()
        yield page
        if request.node.stash.get(FAILED, False):
            folder = request.config.rootpath / "test-artifacts"
            folder.mkdir(exist_ok=True)
            page.screenshot(path=folder / f"{request.node.name.replace(os.sep, '-')}.png", full_page=True)


def _app_folder(config: pytest.Config) -> Path:
    return config.inipath.parent if config.inipath is not None else config.rootpath
