"""Pages served by the real Streamlit server, asked for over its WebSocket as a browser does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

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


ONE_PAGE = """
@app.page("/start", title="Only")
def only(st):
    st.text(f"only {sorted(st.query_params.to_dict().items())}")
"""


def test_an_application_of_one_page_sends_no_menu_and_misses_nothing(serve: Serve, open_tab: Any) -> None:
    address = serve(ONE_PAGE)
    for page, query, shown in (
        ("", "", "[]"),
        ("start", "id=5", "[('id', '5')]"),
        ("", "page=Only&id=5", "[('id', '5')]"),
    ):
        with open_tab(address) as tab:
            run = tab.run(page=page, query=query)
            assert run.texts == [f"only {shown}"]
            assert not {"navigation", "page_not_found"} & set(run.kinds)


def test_an_address_without_a_page_is_not_found(serve: Serve, open_tab: Any) -> None:
    with open_tab(serve(ONE_PAGE)) as tab:
        run = tab.run(page="nothing")
    assert "page_not_found" in run.kinds
    assert run.texts == ["only []"]


REREGISTERED = """
import fluxlit_pages.streamlit.entry_run

@app.page("/")
def start(st, links: fluxlit_pages.PageLinks):
    st.text("start")
    if st.query_params.get("go"):
        links.switch("/other", query={"from": "start"})

@app.page("/other")
def other(st):
    st.text(f"other {st.query_params.to_dict()}")
"""


def test_a_page_sends_the_browser_to_another_one(serve: Serve, open_tab: Any) -> None:
    with open_tab(serve(REREGISTERED)) as tab:
        assert tab.run(query="go=1").texts[-1] == "other {'from': 'start'}"


DISCOVERED = """
app.page_registry.discover("pages", package="edited_package")
"""


def edited_page(text: str) -> str:
    return f"""
def register(app):
    @app.page("/")
    def start(st):
        st.text({text!r})
"""


def test_an_edited_page_is_shown_by_the_next_run_in_development(serve: Serve, open_tab: Any, tmp_path: Path) -> None:
    pages = tmp_path / "edited_package" / "pages"
    pages.mkdir(parents=True)
    for folder in (pages, pages.parent):
        (folder / "__init__.py").touch()
    (pages / "start.py").write_text(edited_page("before"), encoding="utf-8")
    options = {"server__fileWatcherType": "poll", "server__runOnSave": True}
    with open_tab(serve(DISCOVERED, folder=tmp_path, **options)) as tab:
        # The second run begins when Streamlit has begun to watch the modules of the first.
        assert [tab.run().texts, tab.run().texts] == [["before"], ["before"]]
        # Of another length: Python's bytecode cache goes by the second and the size.
        (pages / "start.py").write_text(edited_page("after the edit"), encoding="utf-8")
        assert tab.next_run().texts == ["after the edit"]
