# ruff: noqa: A002, B008 - parameter names and markers as defaults are what is tested
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from fluxlit_client import ApiClient
from fluxlit_pages import (
    Cookie,
    Depends,
    FluxlitFeatureFlags,
    FluxLitPublicUrls,
    Header,
    PageInjectionError,
    PageLinks,
    PageSignatureError,
    Query,
    SessionModel,
    resolve_page_kwargs,
)
from fluxlit_pages.di import (
    reset_page_cookie_context,
    reset_page_header_context,
    set_page_cookie_context,
    set_page_header_context,
)
from fluxlit_pages.errors import DependencyCycleError
from fluxlit_sessions import InMemorySessionStore, SessionStore

ST = SimpleNamespace(
    context=SimpleNamespace(headers={"X-User": "ada", "X-Count": "3"}, cookies={"Theme": "dark"}),
    query_params={"id": ["5"], "tag": ["a", "b"], "bad": ["x"]},
    session_state={},
    error=str,
)


def resolve(fn: Any, app: Any, **overrides: Any) -> dict[str, Any]:
    return dict(resolve_page_kwargs(fn, st=ST, client="client", app=app, overrides=overrides))


class Team(BaseModel):
    name: str = "core"


def make_team() -> Team:
    return Team(name="made")


def test_names_and_types_that_need_no_marker(make_app: Any) -> None:
    store = InMemorySessionStore()
    app = make_app(session_store=store)

    def page(
        st: Any,
        client: Any,
        api: ApiClient,
        urls: FluxLitPublicUrls,
        store: SessionStore,
        flags: FluxlitFeatureFlags,
        session: SessionModel,
        kind: PageLinks | None = None,
    ) -> None: ...

    app.page("/")(lambda: None)
    found = resolve(page, app)
    assert found["st"] is ST
    assert found["client"] == found["api"] == "client"
    assert found["urls"] is app.urls
    assert found["store"] is store
    assert found["flags"] == FluxlitFeatureFlags()
    assert isinstance(found["session"], SessionModel)
    assert isinstance(found["kind"], PageLinks)


def test_the_application_and_its_settings_are_known_by_their_own_types(make_app: Any) -> None:
    app = make_app()

    def page(application: Any, configuration: Any, base: Any) -> None: ...

    page.__annotations__ = {
        "application": type(app),
        "configuration": type(app.settings),
        "base": type(app.settings) | None,
    }
    assert resolve(page, app) == {"application": app, "configuration": app.settings, "base": app.settings}


def test_too_general_types_are_not_taken_for_the_application(app: Any) -> None:
    def page(anything: object, model: BaseModel = Team()) -> None: ...

    assert resolve(page, app, anything=1)["model"] == Team()
    with pytest.raises(PageSignatureError, match="'anything'"):
        resolve(page, app)


@pytest.mark.parametrize("spelling", ["annotated", "default"])
def test_depends_in_both_spellings(app: Any, spelling: str) -> None:
    def annotated(team: Annotated[Team, Depends(make_team)]) -> None: ...
    def default(team: Team = Depends(make_team)) -> None: ...

    assert resolve(annotated if spelling == "annotated" else default, app) == {"team": Team(name="made")}


def test_dependencies_have_dependencies_and_run_once(app: Any) -> None:
    calls: list[str] = []

    def base(client: Any) -> str:
        calls.append("base")
        return f"base of {client}"

    def left(base: Annotated[str, Depends(base)]) -> str:
        return f"left {base}"

    def right(base: Annotated[str, Depends(base)]) -> str:
        return f"right {base}"

    def page(a: Annotated[str, Depends(left)], b: Annotated[str, Depends(right)]) -> None: ...

    assert resolve(page, app) == {"a": "left base of client", "b": "right base of client"}
    assert calls == ["base"]


def test_use_cache_false_calls_it_each_time(app: Any) -> None:
    counter = iter(range(9))

    def number() -> int:
        return next(counter)

    def page(
        a: Annotated[int, Depends(number, use_cache=False)],
        b: Annotated[int, Depends(number, use_cache=False)],
        c: Annotated[int, Depends(number)],
        d: Annotated[int, Depends(number)],
    ) -> None: ...

    assert resolve(page, app) == {"a": 0, "b": 1, "c": 2, "d": 2}


def test_classes_and_callable_objects_can_be_depended_on(app: Any) -> None:
    class Repository:
        def __init__(self, client: Any) -> None:
            self.client = client

    class Maker:
        def __call__(self, client: Any) -> str:
            return f"made with {client}"

    maker = Maker()

    def page(repository: Any, made: Any) -> None: ...

    page.__annotations__ = {
        "repository": Annotated[Repository, Depends(Repository)],
        "made": Annotated[str, Depends(maker)],
    }
    found = resolve(page, app)
    assert (found["repository"].client, found["made"]) == ("client", "made with client")


async def async_team() -> Team:
    return Team(name="later")


def test_asynchronous_dependencies_are_waited_for(app: Any) -> None:
    def page(team: Annotated[Team, Depends(async_team)]) -> None: ...

    assert resolve(page, app) == {"team": Team(name="later")}


async def test_asynchronous_dependencies_work_beside_a_running_loop(app: Any) -> None:
    def page(team: Annotated[Team, Depends(async_team)]) -> None: ...

    with resolve_page_kwargs(page, st=ST, client=None, app=app) as found:
        assert found == {"team": Team(name="later")}


def test_headers_and_cookies(app: Any) -> None:
    def page(
        user: Annotated[str | None, Header("x-user")],
        x_user: Annotated[str | None, Header()],
        count: Annotated[int, Header("x-count")],
        theme: Annotated[str | None, Cookie("theme")],
        missing: Annotated[str | None, Header("x-missing")],
        fallback: Annotated[str, Header("x-missing")] = "none",
        spelled: str | None = Header("X-USER"),
    ) -> None: ...

    assert resolve(page, app) == {
        "user": "ada",
        "x_user": "ada",
        "count": 3,
        "theme": "dark",
        "missing": None,
        "fallback": "none",
        "spelled": "ada",
    }


def test_set_contexts_win_over_the_handshake(app: Any) -> None:
    def page(user: Annotated[str | None, Header("x-user")], theme: Annotated[str | None, Cookie("theme")]) -> None: ...

    headers, cookies = set_page_header_context({"X-User": "grace"}), set_page_cookie_context({"theme": "light"})
    try:
        assert resolve(page, app) == {"user": "grace", "theme": "light"}
    finally:
        reset_page_header_context(headers)
        reset_page_cookie_context(cookies)
    assert resolve(page, app) == {"user": "ada", "theme": "dark"}


class Address(BaseModel):
    id: int = 0
    tag: list[str] = []


def test_query_parameters(app: Any) -> None:
    def page(
        id: Annotated[int, Query()],
        tag: Annotated[list[str], Query()],
        last: Annotated[str, Query(alias="tag")],
        address: Annotated[Address, Query()],
        absent: Annotated[int | None, Query()],
        page_size: Annotated[int, Query()] = 20,
        bad: int = Query(7),
    ) -> None: ...

    assert resolve(page, app) == {
        "id": 5,
        "tag": ["a", "b"],
        "last": "b",
        "address": Address(id=5, tag=["a", "b"]),
        "absent": None,
        "page_size": 20,
        "bad": 7,
    }


def test_a_missing_query_parameter_is_named(app: Any) -> None:
    def page(nothing: Annotated[int, Query()]) -> None: ...

    with pytest.raises(PageInjectionError, match="'nothing'"):
        resolve(page, app)


@pytest.mark.parametrize("name", ["team", "user", "id", "plain", "limit"])
def test_overrides_reach_every_kind_of_parameter(app: Any, name: str) -> None:
    def page(
        plain: Any = 0,
        limit: int = 10,
        team: Any = Depends(make_team),
        user: Any = Header("x-user"),
        id: Any = Query(),
    ) -> None: ...

    assert resolve(page, app, **{name: "replaced"})[name] == "replaced"


def test_overrides_fill_what_nobody_else_can(app: Any) -> None:
    def page(unknown: complex) -> None: ...

    assert resolve(page, app, unknown=1j) == {"unknown": 1j}


def same_client(client: Any) -> Any:
    return client


def test_a_dependency_function_can_be_replaced(app: Any) -> None:
    def page(team: Annotated[Team, Depends(make_team)]) -> None: ...

    found = resolve_page_kwargs(page, st=ST, client=3, app=app, overrides={make_team: same_client})
    assert found == {"team": 3}


def test_overrides_by_name_reach_headers_of_dependencies(app: Any) -> None:
    def who(user: Annotated[str | None, Header("x-user")]) -> str | None:
        return user

    def page(name: Annotated[str | None, Depends(who)]) -> None: ...

    assert resolve(page, app, user="grace") == {"name": "grace"}


def unannotated(extra: Any) -> None: ...


del unannotated.__annotations__["extra"]


def dependent_on_nothing(d: Any = Depends()) -> None: ...


@pytest.mark.parametrize(
    ("fn", "named"),
    [
        (unannotated, r"'extra'.*no annotation"),
        (dependent_on_nothing, r"'d'.*Depends\(\) without a function"),
    ],
)
def test_what_nobody_provides_is_named(app: Any, fn: Any, named: str) -> None:
    with pytest.raises(PageSignatureError, match=named):
        resolve(fn, app)


def test_a_missing_store_is_named_unless_none_will_do(app: Any) -> None:
    def needs(store: SessionStore) -> None: ...
    def may(store: SessionStore | None) -> None: ...

    with pytest.raises(PageInjectionError, match="session_store="):
        resolve(needs, app)
    assert resolve(may, app) == {"store": None}


def test_a_circle_of_dependencies_is_shown(app: Any) -> None:
    def first(x: Any) -> None: ...
    def second(x: Annotated[int, Depends(first)]) -> None: ...

    first.__annotations__["x"] = Annotated[int, Depends(second)]

    def page(x: Annotated[int, Depends(first)]) -> None: ...

    with pytest.raises(DependencyCycleError, match=r"first -> .*second -> .*first"):
        resolve(page, app)


def test_an_annotation_that_cannot_be_evaluated_leaves_the_others_alone(app: Any) -> None:
    def page(st: Any, team: Any, ghost: Any = None) -> None: ...

    page.__annotations__ = {"st": "Any", "team": Annotated[Team, Depends(make_team)], "ghost": "Missing"}
    assert resolve(page, app) == {"st": ST, "team": Team(name="made"), "ghost": None}


def test_an_annotation_that_cannot_be_evaluated_is_explained(app: Any) -> None:
    def page(ghost: Any) -> None: ...

    page.__annotations__ = {"ghost": "Missing"}
    with pytest.raises(PageSignatureError, match=r"'ghost'.*'Missing'.*TYPE_CHECKING"):
        resolve(page, app)


def test_the_environment_overrides_too(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def page(limit: int = 10) -> None: ...

    monkeypatch.setenv("FLUXLIT_TEST_PAGE_OVERRIDES", '{"limit": 3}')
    assert resolve(page, app) == {"limit": 3}
    assert resolve(page, app, limit=4) == {"limit": 4}
    monkeypatch.setenv("FLUXLIT_TEST_PAGE_OVERRIDES", "[1")
    assert resolve(page, app) == {"limit": 10}
