"""The application as it is deployed: a real gateway, real sidecars, a real browser."""

import httpx2
from playwright.sync_api import Page, expect

from fluxlit_testing import RunningServer


def test_the_server_is_ready(fluxlit_server: RunningServer) -> None:
    answer = httpx2.get(f"{fluxlit_server.base_url}/api/readyz", trust_env=False)

    assert answer.json()["status"] == "ready"


def test_a_visitor_adds_a_task(fluxlit_browser_page: Page) -> None:
    fluxlit_browser_page.goto("/")

    fluxlit_browser_page.get_by_role("textbox", name="Title").fill("Bake bread")
    fluxlit_browser_page.get_by_role("textbox", name="Title").press("Enter")
    fluxlit_browser_page.get_by_role("button", name="Add").click()

    expect(fluxlit_browser_page.get_by_text("Bake bread")).to_be_visible(timeout=30_000)
