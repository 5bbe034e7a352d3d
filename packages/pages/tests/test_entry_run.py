from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from fluxlit_pages import NavigationModel, PageLinks, PageMeta

Show = Callable[..., AppTest]


def titles(shown: AppTest) -> list[str]:
    assert not shown.exception, shown.exception
    return [title.value for title in shown.title]


def test_the_page_at_the_root_is_shown_first_whatever_was_registered_before(app: Any, show: Show) -> None:
    @app.page("/reports")
    def reports(st: Any) -> None:
        st.title("reports")

    @app.page("/")
    def home(st: Any) -> None:
        st.title("home")

    assert titles(show(app)) == ["home"]


def test_a_page_gets_streamlit_and_the_client(app: Any, show: Show) -> None:
    @app.page("/")
    def home(st: Any, client: Any) -> None:
        st.title(type(client).__name__)

    assert titles(show(app)) == ["Client"]


def test_no_client_is_made_for_a_page_that_does_not_ask_for_one(app: Any, show: Show) -> None:
    @app.page("/")
    def home(st: Any) -> None:
        st.title("home")

    show(app)
    assert app.clients == []


def test_an_application_without_pages_says_so(app: Any, show: Show) -> None:
    shown = show(app)
    assert titles(shown) == ["Test application"]
    assert "no pages" in shown.info[0].value


def test_the_page_parameter_opens_a_page_by_its_title(app: Any, show: Show) -> None:
    @app.page("/")
    def home(st: Any) -> None:
        st.title("home")

    @app.page("/reports", title="All reports")
    def reports(st: Any) -> None:
        st.title("reports")

    assert titles(show(app, query={"page": "All reports"})) == ["reports"]


def test_a_page_parameter_that_names_no_page_belongs_to_the_page(app: Any, show: Show) -> None:
    @app.page("/")
    def home(st: Any) -> None:
        st.title(st.query_params["page"])

    assert titles(show(app, query={"page": "2"})) == ["2"]


def test_a_returned_breadcrumb_is_shown_in_the_sidebar(app: Any, show: Show) -> None:
    @app.page("/", page_meta=PageMeta(breadcrumb="static"))
    def home(st: Any) -> PageMeta:
        st.title("home")
        return PageMeta(breadcrumb="Start / Home")

    assert [caption.value for caption in show(app).sidebar.caption] == ["Start / Home"]


def test_a_static_breadcrumb_is_shown_where_the_page_returns_none(app: Any, show: Show) -> None:
    @app.page("/", page_meta=PageMeta(breadcrumb="static"))
    def home(st: Any) -> None:
        st.title("home")

    assert [caption.value for caption in show(app).sidebar.caption] == ["static"]


def test_a_returned_dict_is_metadata_and_a_bad_one_is_an_error_on_the_page(app: Any, show: Show) -> None:
    @app.page("/")
    def home(st: Any) -> dict[str, str]:
        st.title("home")
        return {"layout": "diagonal"}

    shown = show(app)
    assert titles(shown) == ["home"]
    assert "layout" in shown.error[0].value


def test_pages_link_to_each_other_by_path(app: Any, show: Show) -> None:
    @app.page("/")
    def home(st: Any, links: PageLinks) -> None:
        st.title("home")
        if st.button("go"):
            links.switch("/reports", query={"id": "5"})

    @app.page("/reports")
    def reports(st: Any, links: PageLinks) -> None:
        st.title(f"report {st.query_params['id']}")
        links.link("/", label="back")

    shown = show(app)
    shown.button[0].click().run()
    assert titles(shown) == ["report 5"]


def test_sections_links_and_hidden_pages_are_accepted_by_streamlit(app: Any, show: Show) -> None:
    app.page_registry.navigation = NavigationModel(order=("/reports", "home"), sections=("Finance",), expanded=True)
    app.page_registry.link("https://example.org/", title="Manual", icon=":material/open_in_new:", section="Help")

    @app.page("/", icon=":material/home:")
    def home(st: Any) -> None:
        st.title("home")

    @app.page("/reports", section="Finance", page_meta=PageMeta(page_icon="📊", description="All of *them*."))
    def reports(st: Any) -> None:
        st.title("reports")

    @app.page("/secret", hidden=True)
    def secret(st: Any) -> None:
        st.title("secret")

    assert titles(show(app)) == ["home"]
    assert titles(show(app, query={"page": "secret"})) == ["secret"]


def test_without_a_target_the_entry_script_says_which_variable_is_missing(
    app: Any, show: Show, monkeypatch: Any
) -> None:
    shown = show(app)
    monkeypatch.delenv("FLUXLIT_APP")
    assert "FLUXLIT_APP" in shown.run().error[0].value
