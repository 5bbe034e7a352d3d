"""A tab of a real browser for one test, with a screenshot of what it showed when the test fails."""

from __future__ import annotations

import contextlib
import inspect
import re
from typing import TYPE_CHECKING

import pytest

from fluxlit_testing.browser import open_browser
from fluxlit_testing.errors import BrowserMissingError
from fluxlit_testing.plugin.reporting import FAILED

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Page

__all__ = ("browser_page_for",)


@contextlib.contextmanager
def browser_page_for(request: pytest.FixtureRequest, *, server: str | None = None) -> Generator[Page]:
    """Open a tab in a browser of this test's own; the test is skipped where there is none.

    Playwright's blocking API keeps an event loop on this thread until it is stopped, so the browser ends with the test,
    and an asynchronous test cannot have one.

    Args:
        request: Of the fixture.
        server: Name of the fixture, a `RunningServer`, whose addresses relative ones are; it is started only if there
            is a browser.
    """
    if inspect.iscoroutinefunction(inspect.unwrap(request.function)):
        pytest.fail(
            f"{request.fixturename} is for plain tests (def, not async def): Playwright's API blocks", pytrace=False
        )
    with contextlib.ExitStack() as stack:
        try:
            browser = stack.enter_context(open_browser())
        except BrowserMissingError as error:
            pytest.skip(str(error))
        base_url = request.getfixturevalue(server).base_url if server else None
        page = browser.new_context(base_url=base_url, viewport={"width": 1280, "height": 800}).new_page()
        yield page
        if request.node.stash.get(FAILED, False):
            folder = request.config.rootpath / "test-artifacts"
            folder.mkdir(exist_ok=True)
            name = re.sub(r"[^\w.-]+", "-", request.node.name)
            page.screenshot(path=folder / f"{name}.png", full_page=True)
