"""What a person sees: addresses, menu and titles in Debian's Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.browser

Serve = Callable[..., str]

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PAGES = """
from fluxlit_pages import PageMeta

@app.page("/reports", title="All reports", icon="📊", section="Finance")
def reports(st):
    st.title(f"report {st.query_params.get('id')}")

@app.page("/", title="Start", icon=":material/home:", page_meta=PageMeta(page_title="Start tab"))
def start(st):
    st.title(f"start {st.query_params.get('id')}")

@app.page("/hidden", hidden=True)
def hidden(st):
    st.title("hidden")

app.page_registry.link("https://example.org/manual", title="Manual", section="Help")
"""

# The first run of a cold server on a loaded machine imports much.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()


def shows(tab: Page, title: str) -> None:
    expect(tab.get_by_role("heading", name=title)).to_be_visible(timeout=PATIENCE)
    assert tab.get_by_text("Page not found").count() == 0


@pytest.mark.parametrize("mount", ["", "apps/my"])
def test_a_deep_link_opened_cold_reloaded_and_shared(serve: Serve, tab: Page, mount: str) -> None:
    root = f"http://{serve(PAGES, server__baseUrlPath=mount)}/{mount}".rstrip("/")
    tab.goto(f"{root}/reports?id=5")
    shows(tab, "report 5")
    tab.reload()
    shows(tab, "report 5")
    assert tab.url == f"{root}/reports?id=5"
    tab.goto(f"{root}/?page=All+reports&id=6")
    shows(tab, "report 6")
    expect(tab).to_have_url(f"{root}/reports?id=6")
    tab.reload()
    shows(tab, "report 6")


def test_u3_the_address_of_the_root_page_leads_to_the_root(serve: Serve, tab: Page) -> None:
    root = f"http://{serve(PAGES)}"
    tab.goto(f"{root}/home?id=5")
    shows(tab, "start 5")
    expect(tab).to_have_url(re.compile(rf"^{root}/\?id=5$"))
    expect(tab).to_have_title("Start tab")


def test_the_menu(serve: Serve, tab: Page) -> None:
    root = f"http://{serve(PAGES)}"
    tab.goto(root)
    shows(tab, "start None")
    menu = tab.get_by_test_id("stSidebarNav")
    expect(menu).to_be_visible(timeout=PATIENCE)
    entries = menu.get_by_role("link")
    assert [entry.get_attribute("href") for entry in entries.all()] == [
        f"{root}/",
        f"{root}/reports",
        "https://example.org/manual",
    ]
    assert "Finance" in menu.inner_text()
    menu.get_by_text("All reports").click()
    shows(tab, "report None")
    tab.goto(f"{root}/hidden")
    shows(tab, "hidden")


def test_an_application_of_one_page_has_no_menu(serve: Serve, tab: Page) -> None:
    root = f"http://{serve(ONE_PAGE)}"
    for address in (root, f"{root}/home?id=5", f"{root}/?page=Only&id=5"):
        tab.goto(address)
        shows(tab, "only")
        expect(tab).to_have_title("Test application")
        assert tab.get_by_test_id("stSidebarNav").count() == 0


ONE_PAGE = """
@app.page("/", title="Only")
def only(st):
    st.title("only")
    st.button("again")
"""


def test_a_click_keeps_title_and_address(serve: Serve, tab: Page) -> None:
    root = f"http://{serve(ONE_PAGE)}"
    tab.goto(f"{root}/home?id=5")
    shows(tab, "only")
    tab.get_by_role("button", name="again").click()
    expect(tab.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    shows(tab, "only")
    expect(tab).to_have_title("Test application")
    assert tab.url == f"{root}/home?id=5"


def test_a_failing_page_in_production_shows_an_id_and_no_details(serve: Serve, tab: Page) -> None:
    source = "@app.page('/')\ndef broken(st):\n    raise ValueError('secret value')\n"
    tab.goto(f"http://{serve(source, client__showErrorDetails='none')}")
    alert = tab.get_by_role("alert")
    expect(alert).to_contain_text(re.compile(r"[0-9a-f-]{36}"), timeout=PATIENCE)
    assert "secret" not in tab.content()
