"""The quick start, as a person sees it, in Debian's Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil
import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer

    StartServer = Callable[..., RunningServer]

pytestmark = pytest.mark.browser

# Streamlit's first view on a loaded machine.
SECONDS = 30_000

TWO_PAGES = """
from fluxlit import FluxLit

app = FluxLit(title="Two pages")


@app.page("/")
def home(st) -> None:
    st.title("Home")


@app.page("/reports")
def reports(st) -> None:
    st.title("Reports")
    st.write("for " + st.query_params.get("year", "no year"))
"""


def test_title_and_table_show_and_a_click_comes_back(browser_page: Page, quickstart: RunningServer) -> None:
    browser_page.goto(quickstart.base_url)

    expect(browser_page.get_by_role("heading", name="Dashboard")).to_be_visible(timeout=SECONDS)
    expect(browser_page.get_by_test_id("stDataFrame")).to_be_visible(timeout=SECONDS)

    browser_page.get_by_role("button", name="Refresh").click()

    expect(browser_page.get_by_text("Refreshed")).to_be_visible(timeout=SECONDS)


def test_a_page_url_survives_a_reload(browser_page: Page, start_server: StartServer, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(TWO_PAGES)
    server = start_server(cwd=tmp_path)

    browser_page.goto(f"{server.base_url}/reports?year=2026")
    expect(browser_page.get_by_role("heading", name="Reports")).to_be_visible(timeout=SECONDS)
    browser_page.reload()

    expect(browser_page.get_by_role("heading", name="Reports")).to_be_visible(timeout=SECONDS)
    expect(browser_page.get_by_text("for 2026")).to_be_visible(timeout=SECONDS)
    assert browser_page.url.endswith("/reports?year=2026")


@pytest.mark.parametrize("mount", ["", "/apps/my-app"])
def test_a_deep_link_opens_cold_and_keeps_its_parameters(
    browser_page: Page, start_server: StartServer, tmp_path: Path, mount: str
) -> None:
    (tmp_path / "app.py").write_text(TWO_PAGES)
    server = start_server(cwd=tmp_path, env={"FLUXLIT_ROOT_PATH": mount})

    browser_page.goto(f"{server.base_url}{mount}/?page=Reports&year=2026")
    expect(browser_page.get_by_text("for 2026")).to_be_visible(timeout=SECONDS)
    browser_page.reload()
    expect(browser_page.get_by_text("for 2026")).to_be_visible(timeout=SECONDS)
    browser_page.goto(f"{server.base_url}{mount}/reports?year=2027")

    expect(browser_page.get_by_text("for 2027")).to_be_visible(timeout=SECONDS)


def test_an_open_tab_comes_back_by_itself_after_its_sidecar_was_killed(
    browser_page: Page, start_server: StartServer
) -> None:
    server = start_server()
    browser_page.goto(server.base_url)
    expect(browser_page.get_by_role("heading", name="Dashboard")).to_be_visible(timeout=SECONDS)
    browser_page.evaluate("window.stillTheSamePage = true")

    sidecar = psutil.Process(server.process.pid).children()[0]
    sidecar.kill()
    server.output.wait_for("warming → ready", timeout=60, nth=2)

    button = browser_page.get_by_role("button", name="Refresh")
    expect(button).to_be_enabled(timeout=SECONDS)
    button.click()
    expect(browser_page.get_by_text("Refreshed")).to_be_visible(timeout=SECONDS)
    assert browser_page.evaluate("window.stillTheSamePage") is True
