"""What a person sees through a proxy, in Debian's Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from fluxlit_testing.browser import open_browser
from fluxlit_testing.errors import BrowserMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import StartProxy
    from playwright.sync_api import Page

    from fluxlit_testing.running_server import RunningServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SECONDS = 45_000
MOUNT = "/apps/my-app"


@pytest.fixture
def tab() -> Iterator[Page]:
    """A tab that takes the certificate of our own authority."""
    try:
        with open_browser() as browser:
            yield new_tab(browser)
    except BrowserMissingError as error:
        pytest.skip(str(error))


def new_tab(browser: Browser) -> Page:
    return browser.new_context(ignore_https_errors=True, viewport={"width": 1000, "height": 700}).new_page()


def click_and_count(tab: Page, clicks: int) -> None:
    expect(tab.get_by_role("heading", name="Home")).to_be_visible(timeout=SECONDS)
    button = tab.get_by_role("button", name="Count")
    expect(button).to_be_enabled(timeout=SECONDS)
    button.click()
    expect(tab.get_by_text(f"clicks: {clicks}")).to_be_visible(timeout=SECONDS)


@pytest.mark.parametrize("program", ["nginx", "caddy", "haproxy"])
def test_pages_over_tls_and_http_2(
    tab: Page, start_proxy: StartProxy, at_the_root: RunningServer, program: str
) -> None:
    front = start_proxy(program, "tls", at_the_root.base_url)

    tab.goto(f"{front.base_url}/")
    click_and_count(tab, 1)

    assert tab.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol") == "h2"
    cookie = next(each for each in tab.context.cookies() if "fluxlit" in each.get("name", ""))
    assert (cookie.get("secure"), cookie.get("httpOnly"), cookie.get("path")) == (True, True, "/")


@pytest.mark.parametrize("shape", ["prefix-stripped", "prefix-forwarded"])
@pytest.mark.parametrize("program", ["nginx", "caddy", "haproxy"])
def test_a_prefix_of_two_segments(
    tab: Page, start_proxy: StartProxy, request: pytest.FixtureRequest, program: str, shape: str
) -> None:
    server: RunningServer = request.getfixturevalue("below_a_prefix" if shape == "prefix-forwarded" else "at_the_root")
    front = start_proxy(program, shape, server.base_url, mount=MOUNT)

    tab.goto(front.base_url)  # without the slash
    click_and_count(tab, 1)
    tab.get_by_role("link", name="Reports").click()
    expect(tab.get_by_role("heading", name="Reports")).to_be_visible(timeout=SECONDS)
    assert tab.url == f"{front.base_url}/reports"

    tab.goto(f"{front.base_url}/reports?year=2026")
    expect(tab.get_by_text("for 2026")).to_be_visible(timeout=SECONDS)
    tab.reload()
    expect(tab.get_by_text("for 2026")).to_be_visible(timeout=SECONDS)


SHORT_IDLE = {
    "nginx": {"proxy_read_timeout 3600s": "proxy_read_timeout 2s", "proxy_send_timeout 3600s": "proxy_send_timeout 2s"},
    # Caddy waits for ever, unless told otherwise.
    "caddy": {"flush_interval -1": "flush_interval -1\n\t\ttransport http {\n\t\t\tread_timeout 2s\n\t\t}"},
    "haproxy": {"timeout tunnel 1h": "timeout tunnel 2s"},
}


@pytest.mark.parametrize("program", SHORT_IDLE)
def test_a_tab_that_the_proxy_closed_for_being_idle_comes_back_with_its_state(
    tab: Page, start_proxy: StartProxy, at_the_root: RunningServer, program: str
) -> None:
    front = start_proxy(program, "root", at_the_root.base_url, changes=SHORT_IDLE[program])

    with tab.expect_websocket(timeout=SECONDS) as opened:
        tab.goto(f"{front.base_url}/")
    click_and_count(tab, 1)
    if not opened.value.is_closed():
        opened.value.wait_for_event("close", timeout=SECONDS)
    click_and_count(tab, 2)
