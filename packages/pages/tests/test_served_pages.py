"""Pages served by the real Streamlit server, asked for over its WebSocket as a browser does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Serve = Callable[..., str]

PAGES = """
from fluxlit_pages import NavigationModel, PageMeta
app.settings.streamlit_page_config = {"layout": "wide", "page_icon": "🏠"}
app.page_registry.navigation = NavigationModel(position="top")

meta = PageMeta(page_title="All reports", page_icon="📊", layout="centered")

@app.page("/reports", section="Finance", page_meta=meta)
def reports(st):
    st.text(f"reports {sorted(st.query_params.to_dict().items())}")

@app.page("/")
def start(st):
    st.text(f"start {sorted(st.query_params.to_dict().items())}")

@app.page("/hidden", hidden=True)
def hidden(st):
    st.text("hidden")

app.page_registry.link("https://example.org/manual", title="Manual", section="Help")
"""


def test_what_the_menu_says_to_the_browser(serve: Serve, open_tab: Any) -> None:
    with open_tab(serve(PAGES)) as tab:
        navigation = tab.run().of_kind("navigation")[-1]
    entries = [
        (page.section_header, page.page_name, page.url_pathname, page.icon, page.is_default, page.is_hidden)
        for page in navigation.app_pages
        if not page.external_url
    ]
    assert entries == [
        ("", "Hidden", "hidden", "", False, True),
        ("", "Start", "", "", True, False),
        ("", "Start", "home", "", False, True),
        ("Finance", "Reports", "reports", "emoji:📊", False, False),
    ]
    (link,) = [page for page in navigation.app_pages if page.external_url]
    assert (link.section_header, link.page_name, link.external_url) == ("Help", "Manual", "https://example.org/manual")
    assert navigation.position == navigation.Position.TOP


def test_a_page_is_reached_cold_by_its_own_address_with_its_parameters(serve: Serve, open_tab: Any) -> None:
    with open_tab(serve(PAGES)) as tab:
        run = tab.run(page="reports", query="id=5&id=6&x=y")
    assert run.texts == ["reports [('id', '6'), ('x', 'y')]"]
    assert "page_not_found" not in run.kinds


def test_static_metadata_reaches_the_page_configuration_before_the_page_draws(serve: Serve, open_tab: Any) -> None:
    with open_tab(serve(PAGES)) as tab:
        run = tab.run(page="reports")
    configs = run.of_kind("page_config_changed")
    assert [(config.title, config.favicon, config.layout) for config in configs] == [
        ("All reports", "emoji:📊", configs[0].CENTERED)
    ]
    assert run.kinds.index("page_config_changed") < run.kinds.index("delta")
