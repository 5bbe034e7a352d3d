"""Pages as documented: what a handler may ask for, what it may return, how it is tested."""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from fluxlit import (
    ApiClient,
    Cookie,
    Depends,
    FluxLit,
    FluxLitPublicUrls,
    FluxlitSettings,
    FluxLitTestClient,
    Header,
    InMemorySessionStore,
    NavigationModel,
    PageMeta,
    SessionModel,
    SessionStore,
    apptest_assert_no_errors,
    apptest_select_page,
    ensure_url_session,
    hydrate_url_session_typed,
    match_nav_page,
    parse_query_params,
    persist_url_session,
    query_params,
    streamlit_main_path,
)
from fluxlit.pages import build_page_manifest, page_slug, validate_fluxlit_pages
from fluxlit.pages.manifest import MANIFEST_V1_PAGE_ALLOWED_KEYS, MANIFEST_V1_ROOT_KEYS
from fluxlit_testing import PageTest


class Filter(BaseModel):
    year: int = 2026
    team: str = "all"


class Draft(BaseModel):
    text: str = ""
    stars: int = 0


def greeting() -> str:
    return "Hello"


def shown(page: PageTest) -> list[str]:
    return [each.value for each in page.text]


def page_of(app: FluxLit, handler: Callable[..., Any], **options: Any) -> PageTest:
    app.page("/")(handler)
    return FluxLitTestClient(app).page(**options)


def test_a_handler_gets_what_it_asks_for_by_name_type_and_marker() -> None:
    store = InMemorySessionStore()
    app = FluxLit(session_store=store)

    def handler(
        st: Any,
        client: ApiClient,
        settings: FluxlitSettings,
        urls: FluxLitPublicUrls,
        owner: FluxLit[Any],
        sessions: SessionStore,
        hello: Annotated[str, Depends(greeting)],
        user: Annotated[str | None, Header("X-User")],
        theme: Annotated[str | None, Cookie("theme")],
    ) -> None:
        st.text(f"{settings is app.settings} {urls is app.urls} {owner is app} {sessions is store}")
        st.text(f"{type(client).__name__} {hello} {user} {theme}")

    page = page_of(app, handler, headers={"x-user": "Ada"}, cookies={"theme": "dark"})

    assert shown(page) == ["True True True True", "ApiClient Hello Ada dark"]


def test_u5_positional_only_handlers_work_as_documented() -> None:
    def handler(st: Any, client: ApiClient, /) -> None:
        st.text(type(client).__name__)

    assert shown(page_of(FluxLit(), handler)) == ["ApiClient"]


def test_a_returned_dictionary_is_metadata_and_its_breadcrumb_is_shown() -> None:
    def handler() -> dict[str, str]:
        return {"breadcrumb": "Home / Reports"}

    page = page_of(FluxLit(), handler)

    assert page.sidebar.caption[0].value == "Home / Reports"


def test_query_parameters_are_parsed_with_a_message_for_what_does_not_fit() -> None:
    def handler(st: Any) -> None:
        parsed = parse_query_params(st, Filter)
        st.text(f"{parsed.year} {parsed.team} {query_params(st)}")

    app = FluxLit()
    page = page_of(app, handler, query={"year": "2025", "team": "blue"})

    assert shown(page) == ["2025 blue {'year': '2025', 'team': 'blue'}"]
    wrong = FluxLitTestClient(app).page(query={"year": "soon"})
    assert wrong.error
    assert shown(wrong)[0].startswith("2026 all")


def test_a_session_model_reads_and_writes_the_state() -> None:
    def handler(st: Any) -> None:
        session = SessionModel(st)
        draft = session.read_into(Draft)
        session.write_from(draft.model_copy(update={"stars": draft.stars + 1}))
        st.text(str(st.session_state.stars))

    page = page_of(FluxLit(), handler, session={"stars": 3, "text": "x"})

    assert shown(page.run()) == ["5"]


def test_a_url_session_survives_a_new_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXLIT_FORCE_URL_SESSION_IN_TESTS", "1")
    store = InMemorySessionStore()

    def handler(st: Any) -> None:
        ensure_url_session(st, store)
        _sid, draft = hydrate_url_session_typed(st, store, Draft)
        st.text(draft.text if draft else "nothing")
        if st.button("Write"):
            st.session_state["text"] = "kept"
            persist_url_session(st, store)

    app = FluxLit()
    page = page_of(app, handler)
    page.button[0].click().run()
    address = {name: str(value) for name, value in page.query_params.items()}

    assert set(address) == {"fluxlit_sid"}
    assert shown(FluxLitTestClient(app).page(query=dict[str, str | list[str]](address))) == ["kept"]


def test_the_menus_order_is_the_navigation_models() -> None:
    app = FluxLit()
    for path in ("/a", "/b", "/c"):
        app.page(path)(lambda: None)
    app.navigation(NavigationModel(order=("c", "a")))

    assert [record.slug for record in app.page_registry.menu.records] == ["c", "a", "b"]
    assert page_slug("/") == "home"
    assert page_slug("/reports/") == "reports"


def test_deep_links_match_title_path_and_slug() -> None:
    pages = [("/", "Start"), ("/reports", "All reports")]

    for value in ("All reports", "/reports", "reports", " reports "):
        assert match_nav_page({"page": value}, pages) == ("/reports", "All reports")
    assert match_nav_page({"page": "other"}, pages) is None
    assert match_nav_page({}, pages) is None


def test_the_manifest_has_the_documented_keys() -> None:
    app = FluxLit(title="Portal")

    @app.page("/reports", tags=["a"], page_meta=PageMeta(children=[{"path": "/"}]))
    def reports(st: Any, hello: Annotated[str, Depends(greeting)]) -> None:
        """All of them."""

    app.page("/")(lambda: None)

    manifest: Mapping[str, Any] = app.build_page_manifest()

    assert manifest == build_page_manifest(app)
    assert set(manifest) == set(MANIFEST_V1_ROOT_KEYS)
    assert (manifest["manifest_version"], manifest["manifest_stability"]) == (1, "stable")
    page = manifest["pages"][0]
    assert set(page) <= set(MANIFEST_V1_PAGE_ALLOWED_KEYS)
    assert (page["description"], page["tags"]) == ("All of them.", ["a"])
    assert page["dependencies"] == [f"{greeting.__module__}.greeting"]
    assert json.loads(json.dumps(manifest)) == manifest
    assert validate_fluxlit_pages(app) == []


DOCUMENTED_APP = """
from typing import Annotated

from fluxlit import Depends, FluxLit, Header

app = FluxLit(title="Portal")


def team() -> str:
    return "all"


@app.api.get("/users")
def users() -> list[str]:
    return ["Ada"]


@app.page("/")
def home(st, client):
    st.title("Portal")


@app.page("/reports")
def reports(st, team: Annotated[str, Depends(team)], user: Annotated[str | None, Header("x-user")] = None):
    st.title(f"Reports of {team} for {user}")


@app.page("/broken")
def broken(st):
    st.error("no data")
"""


def test_the_documented_test_client_runs_an_importable_application(write_app: Callable[[str], str]) -> None:
    target = write_app(DOCUMENTED_APP)
    from app import app  # pyright: ignore[reportMissingImports, reportUnknownVariableType] - written by the test

    client = FluxLitTestClient(app)  # pyright: ignore[reportUnknownArgumentType] - as above

    assert client.api_get("/users").json() == ["Ada"]
    assert client.with_root_path("/apps/p").api_get("/users").json() == ["Ada"]
    client.assert_docs_available()
    assert streamlit_main_path().is_file()
    at = client.streamlit(target=target)
    apptest_assert_no_errors(at)
    assert at.title[0].value == "Portal"

    overrides = {"team": "blue", "user": "Ada"}
    at = apptest_select_page(at, client, target=target, page="Reports", page_overrides=overrides)
    assert at.title[0].value == "Reports of blue for Ada"

    at = client.select_page(at, "/broken", target=target)
    with pytest.raises(AssertionError, match="no data"):
        client.assert_no_streamlit_exception(at)
