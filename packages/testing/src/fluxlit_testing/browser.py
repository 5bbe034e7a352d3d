"""A real browser for a test: Debian's Chromium, driven by Playwright (which must be installed: it is no dependency).

Lifecycle: `open_browser` starts Chromium with a profile folder of its own and stops it at the end.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

from fluxlit_testing.errors import BrowserMissingError

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Browser

__all__ = ("CHROMIUM_ARGUMENTS", "NAMES", "find_chromium", "open_browser")

# Chromium refuses its sandbox to root; the rest keeps it from asking the network for anything but the page.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str:
    """The browser's program: `FLUXLIT_TEST_CHROMIUM`, or the first of `NAMES` on the PATH.

    Raises:
        BrowserMissingError: None is there; the message says what to install.
    """
    named = os.environ.get("FLUXLIT_TEST_CHROMIUM", "")
    found = named or next((path for path in map(shutil.which, NAMES) if path), None)
    if not found:
        raise BrowserMissingError(
            f"no browser: none of {', '.join(NAMES)} is on the PATH. On Debian: apt-get install chromium; "
            "elsewhere set FLUXLIT_TEST_CHROMIUM to the program."
        )
    return found


@contextlib.contextmanager
def open_browser() -> Generator[Browser]:
    """Start Chromium, headless, with a fresh profile; it is closed at the end.

    Raises:
        BrowserMissingError: No Chromium, or no Playwright, is installed.
    """
    program = find_chromium()
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an optional part of a test environment
    except ImportError as error:
        raise BrowserMissingError("Playwright is not installed: pip install playwright") from error
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()
