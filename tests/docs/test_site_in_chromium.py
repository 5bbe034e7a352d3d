"""The site in a browser: on a phone nothing makes the page wider than the screen, and the search finds pages."""

from __future__ import annotations

import contextlib
import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from conftest import Site
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SECONDS = 60_000  # of patience on a loaded machine
# Wide tables, blocks and diagrams scroll in boxes of their own; neither the page nor the article around them does.
WIDER_THAN_THE_SCREEN = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) return "the page";
    const boxes = ".table-wrapper, .highlight pre, .diagram, div.graphviz";
    for (const each of document.querySelectorAll(".page, .main, .content")) {
        if (each.scrollWidth > each.clientWidth) return `${each.className}: ${each.scrollWidth}`;
    }
    for (const box of document.querySelectorAll(boxes)) {
        if (box.getBoundingClientRect().right > width + 1) return box.className;
    }
    return "";
}"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Say nothing: a request is no news."""


@contextlib.contextmanager
def served(folder: Path) -> Generator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(30)


def test_the_site_fits_a_phone(site: Site, browser_page: Page) -> None:
    browser_page.set_viewport_size({"width": 390, "height": 844})
    too_wide: dict[str, str] = {}
    with served(site.folder) as base:
        for path in sorted(each.relative_to(site.folder).as_posix() for each in site.folder.rglob("*.html")):
            browser_page.goto(f"{base}/{path}", wait_until="domcontentloaded", timeout=SECONDS)
            if what := browser_page.evaluate(WIDER_THAN_THE_SCREEN):
                too_wide[path] = what
        assert too_wide == {}

        browser_page.goto(f"{base}/index.html", timeout=SECONDS)
        entry = browser_page.locator(".sidebar-tree").get_by_role("link", name="Troubleshooting")
        expect(entry).not_to_be_in_viewport()
        browser_page.locator("header label[for=__navigation]").click()
        entry.click(timeout=SECONDS)
        expect(browser_page.get_by_role("heading", name="Troubleshooting")).to_be_visible(timeout=SECONDS)


def test_the_search_finds_pages_and_diagrams_are_seen(site: Site, browser_page: Page) -> None:
    with served(site.folder) as base:
        browser_page.goto(f"{base}/index.html", timeout=SECONDS)
        browser_page.get_by_placeholder("Search").fill("pidfile")
        browser_page.get_by_placeholder("Search").press("Enter")
        found = browser_page.locator("#search-results").get_by_role("link", name="Troubleshooting").first
        found.click(timeout=SECONDS)
        expect(browser_page.get_by_role("heading", name="A pidfile that is in the way")).to_be_visible(timeout=SECONDS)

        browser_page.goto(f"{base}/architecture.html", timeout=SECONDS)
        for drawing in browser_page.locator("svg.sequence, object[type='image/svg+xml']").all():
            drawing.scroll_into_view_if_needed(timeout=SECONDS)
            box = drawing.bounding_box()
            assert box is not None
            assert box["height"] > 100
