"""`examples/chat`: an answer that streams from a route into the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer

SECONDS = 30_000


@pytest.mark.browser
def test_a_question_is_answered_and_kept(
    start_server: Callable[..., RunningServer], browser_page: Page, examples: Path
) -> None:
    server = start_server(cwd=examples / "chat")
    browser_page.goto(server.base_url)
    entry = browser_page.get_by_test_id("stChatInput").get_by_role("textbox")

    entry.fill("why")
    entry.press("Enter")
    expect(browser_page.get_by_text("You asked: why")).to_be_visible(timeout=SECONDS)
    entry.fill("when")
    entry.press("Enter")

    expect(browser_page.get_by_text("You asked: when")).to_be_visible(timeout=SECONDS)
    expect(browser_page.get_by_text("You asked: why")).to_be_visible(timeout=SECONDS)
