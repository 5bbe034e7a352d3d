"""`examples/crud`: a page that adds, imports and exports, by calling the routes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_testing.running_server import RunningServer

SECONDS = 30_000


@pytest.mark.browser
def test_books_are_added_imported_and_exported(
    start_server: Callable[..., RunningServer], browser_page: Page, examples: Path, tmp_path: Path
) -> None:
    server = start_server(cwd=examples / "crud", env={"BOOKS_DATABASE": f"sqlite:///{tmp_path}/books.db"})
    shelf = tmp_path / "shelf.csv"
    shelf.write_text("title,pages\nMiddlemarch,880\n")
    browser_page.goto(server.base_url)

    browser_page.get_by_role("textbox", name="Title").fill("Emma")
    browser_page.get_by_role("button", name="Add").click()
    expect(browser_page.get_by_role("textbox", name="Title")).to_have_value("", timeout=SECONDS)

    browser_page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(shelf)
    browser_page.get_by_role("button", name="Import", exact=True).click()
    expect(browser_page.get_by_text("1 books imported")).to_be_visible(timeout=SECONDS)

    browser_page.reload()
    with browser_page.expect_download(timeout=SECONDS) as download:
        browser_page.get_by_role("button", name="Export CSV").click()

    stored = httpx2.get(f"{server.base_url}/api/books", trust_env=False).json()
    assert [book["title"] for book in stored] == ["Emma", "Middlemarch"]
    assert Path(download.value.path()).read_text() == "title,pages\nEmma,0\nMiddlemarch,880\n"
