"""The waiting page in a real browser: it comes back by itself, and its own policy lets it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from fluxlit_gateway.waiting_page import waiting_page, waiting_page_headers, wants_html

pytestmark = pytest.mark.browser

APP = b'<!DOCTYPE html><title>App</title><link rel="icon" href="data:,"><h1>Here again</h1>'


class Door:
    """Answers with the waiting page until it is opened."""

    def __init__(self, *, state: str = "starting", ready_url: str | None = None) -> None:
        self.state = state
        self.ready_url = ready_url
        self.open_after = 10**9
        self.asked: list[str] = []

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        if len(self.asked) > self.open_after:
            status, headers, body = 200, [(b"content-type", b"text/html")], APP
        elif wants_html(scope["headers"]):
            request_id = f"{self.state}-{len(self.asked)}"
            body = waiting_page("Sales <b>", self.state, ready_url=self.ready_url, request_id=request_id)
            status, headers = 503, waiting_page_headers()
        else:
            status, headers, body = 503, [(b"content-type", b"application/json")], b"{}"
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the page wrote to the console, but for the failed requests that are the point of it."""
    seen: list[str] = []
    page.on("console", lambda message: None if "503" in message.text else seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))
    return seen


def test_the_browser_comes_back_by_itself(page: Page, serve: Callable[[Any], str], complaints: list[str]) -> None:
    door = Door()
    url = serve(door)

    page.goto(f"{url}/reports?year=2026")
    expect(page.get_by_role("heading")).to_have_text("Sales <b>")
    expect(page.get_by_role("status")).to_have_text("The app is starting.")
    door.open_after = len(door.asked) + 2

    expect(page.get_by_role("heading")).to_have_text("Here again")
    assert page.url == f"{url}/reports?year=2026"
    assert set(door.asked) == {"/reports"}, "nothing else is asked for, not even an icon"
    assert complaints == []


def test_a_changed_state_is_shown_without_a_reload(
    page: Page, serve: Callable[[Any], str], complaints: list[str]
) -> None:
    door = Door()
    page.goto(serve(door))
    page.evaluate("window.notReloaded = true")

    door.state = "failed"

    expect(page.get_by_role("status")).to_have_text("The app could not be started. Its log says why.")
    assert "Request failed-" in page.inner_text("main"), "the request that told of it, not the first one"
    assert page.evaluate("window.notReloaded")
    assert complaints == []


def test_with_a_ready_url_the_page_itself_is_asked_for_last(page: Page, serve: Callable[[Any], str]) -> None:
    door = Door(ready_url="/api/readyz")

    page.goto(serve(door))
    door.open_after = len(door.asked) + 2
    expect(page.get_by_role("heading")).to_have_text("Here again")

    assert door.asked[0] == "/"
    assert set(door.asked[1:-2]) == {"/api/readyz"}
    assert door.asked[-2:] == ["/", "/"], "once to see that it is back, once for the reload"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(page: Page, serve: Callable[[Any], str], scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(serve(Door()))

    for selector in ("h1", "[role=status]", ".hint", "code"):
        ink = page.locator(selector).first.evaluate("e => getComputedStyle(e).color")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert contrast(ink, ground) >= 4.5, f"WCAG 2.2, 1.4.3: {selector} in {scheme}"


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of ``rgb(r, g, b)``, as WCAG 2.2 defines it."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
