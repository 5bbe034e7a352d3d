"""Sessions in page functions: loaded at the start of a run, written at its end, kept over tabs."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from pydantic import BaseModel
from streamlit.testing.v1 import AppTest

from fluxlit_pages import Depends, PageSignatureError, SessionState, main_path
from fluxlit_pages.di import RunScope
from fluxlit_pages.di.kept_widgets import keep_widgets
from fluxlit_pages.di.planning import plan_call, problems_of
from fluxlit_pages.errors import SessionNotIssuedError
from fluxlit_pages.session_outage import show_session_trouble
from fluxlit_pages.session_use import uses_sessions
from fluxlit_sessions import (
    AtomicSessionStore,
    InMemorySessionStore,
    Session,
    SessionGoneError,
    StoreUnavailableError,
    UnsupportedValueError,
    new_session_id,
)


class Cart(BaseModel):
    items: list[str] = []
    deliver: dt.date | None = None
    colour: str = "red"


class Required(BaseModel):
    name: str


class Store(InMemorySessionStore):
    """Counts what is asked of it, and fails when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = self.writes = 0
        self.is_down = False

    def get_versioned(self, sid: str) -> Any:
        self._ask()
        self.reads += 1
        return super().get_versioned(sid)

    def compare_and_set(self, *args: Any, **options: Any) -> Any:
        self._ask()
        self.writes += 1
        return super().compare_and_set(*args, **options)

    def _ask(self) -> None:
        if self.is_down:
            raise StoreUnavailableError("down")


class Stopped(BaseException):
    """As Streamlit ends a run: no `Exception`."""


def undecorated(function: Callable[[], None], **options: float) -> Callable[[], None]:
    assert options
    return function


class Tab:
    """One tab: Streamlit's module as far as sessions need it."""

    def __init__(self, app: Any, header: str | None) -> None:
        self.app = app
        self.messages: list[str] = []
        self.st: Any = SimpleNamespace(
            context=SimpleNamespace(headers={} if header is None else {"X-FluxLit-Session": header}, cookies={}),
            session_state={},
            warning=self.messages.append,
            error=self.messages.append,
            fragment=undecorated,
            rerun=lambda: self.messages.append("rerun"),
        )

    def run(self, page: Callable[..., Any]) -> Any:
        with RunScope(self.app, st=self.st) as scope:
            return scope.call(page)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def app(make_app: Any, store: Store) -> Any:
    return make_app(session_store=store)


@pytest.fixture
def token() -> str:
    return new_session_id()


def count(session: Session) -> int:
    session["n"] = session.get("n", 0) + 1
    return session["n"]


def test_what_a_run_changed_is_there_in_another_tab(app: Any, token: str) -> None:
    assert Tab(app, token).run(count) == 1
    assert Tab(app, token).run(count) == 2
    assert Tab(app, new_session_id()).run(count) == 1


def test_a_run_is_one_read_and_a_write_only_on_change(app: Any, store: Store, token: str) -> None:
    def read(session: Session, cart: Annotated[Cart, SessionState()], again: Annotated[Cart, SessionState()]) -> None:
        assert cart is again
        assert "n" in session

    Tab(app, token).run(count)
    store.reads = store.writes = 0
    Tab(app, token).run(read)
    assert (store.reads, store.writes) == (1, 0)
    Tab(app, token).run(count)
    assert (store.reads, store.writes) == (2, 1)


def test_kept_widgets_cost_no_read_of_their_own_and_a_write_only_on_change(app: Any, store: Store, token: str) -> None:
    tab = Tab(app, token)
    tab.st.session_state["filters.city"] = "Oslo"

    def counted() -> tuple[int, int]:
        store.reads = store.writes = 0
        with RunScope(app, st=tab.st) as scope:
            keep_widgets(scope, ["filters.*"])
        return store.reads, store.writes

    assert counted() == (1, 1)
    assert counted() == (1, 0)
    tab.st.session_state["filters.city"] = "Bergen"
    assert counted() == (1, 1)


def test_a_model_in_the_session_is_changed_in_place(app: Any, token: str) -> None:
    def add(cart: Annotated[Cart, SessionState()]) -> None:
        cart.items.append("tea")
        cart.deliver = dt.date(2026, 5, 2)

    def seen(cart: Annotated[Cart, SessionState()], named: Annotated[Cart, SessionState("other")]) -> tuple[Cart, Cart]:
        return cart, named

    Tab(app, token).run(add)

    assert Tab(app, token).run(seen) == (Cart(items=["tea"], deliver=dt.date(2026, 5, 2)), Cart())


def test_two_tabs_that_change_different_fields_of_a_model_both_keep_theirs(app: Any, token: str) -> None:
    def add(cart: Annotated[Cart, SessionState()]) -> None:
        Tab(app, token).run(paint)  # another tab, while this one runs
        cart.items.append("tea")

    def paint(cart: Annotated[Cart, SessionState()]) -> None:
        cart.colour = "blue"

    Tab(app, token).run(add)

    session = app.sessions.open(token)
    assert session["Cart"] == {"items": ["tea"], "colour": "blue"}


def test_what_does_not_fit_the_model_any_more_has_its_default(
    app: Any, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    session = app.sessions.open_issued(token)
    session["Cart"] = {"items": 5, "colour": "green", "gone": True}
    session.save()

    def seen(cart: Annotated[Cart, SessionState()]) -> Cart:
        return cart

    assert Tab(app, token).run(seen) == Cart(colour="green")
    assert "items" in caplog.text


@pytest.mark.parametrize("model", [Required, dict])
def test_a_type_that_cannot_be_kept_is_refused_where_it_is_written(app: Any, model: type) -> None:
    def page(state: Any) -> None: ...

    page.__annotations__["state"] = Annotated[model, SessionState()]

    (problem,) = problems_of(plan_call(page, app))
    assert isinstance(problem, PageSignatureError)
    assert "SessionState" in str(problem)


def test_a_run_that_raises_writes_nothing_and_one_that_streamlit_stops_is_written(app: Any, token: str) -> None:
    def fails(session: Session) -> None:
        count(session)
        raise ValueError("mine")

    def stops(session: Session) -> None:
        count(session)
        raise Stopped

    with pytest.raises(ValueError, match="mine"):
        Tab(app, token).run(fails)
    assert app.sessions.open(token) is None
    with pytest.raises(Stopped):
        Tab(app, token).run(stops)
    assert app.sessions.open(token)["n"] == 1


def test_a_value_that_cannot_be_stored_is_refused_by_name(app: Any, token: str) -> None:
    def page(session: Session) -> None:
        session["client"] = object()

    with pytest.raises(UnsupportedValueError, match="'client'"):
        Tab(app, token).run(page)


def test_a_dependency_gets_the_same_session_and_the_store(app: Any, store: Store, token: str) -> None:
    def visits(session: Session, kept: AtomicSessionStore) -> Session:
        assert kept is store
        return session

    def page(session: Session, same: Annotated[Session, Depends(visits)]) -> None:
        assert session is same

    Tab(app, token).run(page)


def test_a_users_session_that_has_ended_is_not_begun_anew(app: Any) -> None:
    session = app.sessions.create(user="ada")
    assert Tab(app, f"{session.token};user").run(count) == 1
    app.sessions.revoke_user("ada")

    with pytest.raises(SessionGoneError):
        Tab(app, f"{session.token};user").run(count)
    with pytest.raises(SessionGoneError):
        Tab(app, session.token).run(count)


def test_a_page_that_was_opened_while_the_store_was_down_says_so(app: Any) -> None:
    tab = Tab(app, "")
    with pytest.raises(SessionNotIssuedError) as raised:
        tab.run(count)

    assert show_session_trouble(tab.st, app, raised.value)
    assert "could not be reached" in tab.messages[0]


def test_what_cannot_be_written_is_written_by_the_next_run(app: Any, store: Store, token: str) -> None:
    def breaks(session: Session) -> None:
        count(session)
        store.is_down = True

    tab = Tab(app, token)
    tab.run(breaks)
    assert "not saved yet" in tab.messages[0]
    assert "rerun" not in tab.messages
    with pytest.raises(StoreUnavailableError):
        tab.run(count)
    store.is_down = False

    assert tab.run(count) == 2
    assert Tab(app, token).run(count) == 3


def test_without_a_gateway_a_tab_has_a_session_of_its_own(app: Any) -> None:
    tab = Tab(app, None)
    assert [tab.run(count), tab.run(count), Tab(app, None).run(count)] == [1, 2, 1]


def test_an_application_uses_sessions_if_a_page_or_what_it_needs_asks_for_one(make_app: Any) -> None:
    def plain(st: Any) -> None: ...
    def of_session(session: Session) -> int:
        return len(session)

    def indirect(n: Annotated[int, Depends(of_session)]) -> None: ...
    def of_model(cart: Annotated[Cart, SessionState()]) -> None: ...

    found: list[bool] = []
    for page, options in ((plain, {}), (plain, {"keep": "a.*"}), (of_session, {}), (indirect, {}), (of_model, {})):
        one: Any = make_app()
        one.page("/", **options)(page)
        found.append(uses_sessions(one))

    assert found == [False, True, True, True, True]


def test_named_widgets_are_kept_for_the_next_tab_and_others_are_not(app: Any, show: Callable[..., AppTest]) -> None:
    @app.page("/", keep=["filters.*"])
    def page(st: Any) -> None:
        st.text_input("City", key="filters.city")
        st.date_input("Day", value=None, key="filters.day")
        st.text_input("Other", key="other")
        st.button("Go", key="filters.go")
        if st.checkbox("Clear", key="clear"):
            del st.session_state["filters.city"]

    first = show(app)
    first.text_input(key="filters.city").input("Oslo")
    first.text_input(key="other").input("lost")
    first.date_input(key="filters.day").set_value(dt.date(2026, 5, 2))
    first.button(key="filters.go").click().run()
    assert not first.exception

    def another_tab() -> AppTest:
        tab = AppTest.from_file(str(main_path()), default_timeout=60)
        tab.session_state["__fluxlit_session_token__"] = first.session_state["__fluxlit_session_token__"]
        return tab.run()

    second = another_tab()
    assert not second.exception
    assert second.text_input(key="filters.city").value == "Oslo"
    assert second.date_input(key="filters.day").value == dt.date(2026, 5, 2)
    assert second.text_input(key="other").value == ""
    second.text_input(key="filters.city").input("Bergen").run()
    assert another_tab().text_input(key="filters.city").value == "Bergen"
    second.checkbox(key="clear").check().run()
    assert another_tab().text_input(key="filters.city").value == ""


def test_an_outage_is_a_message_on_the_page_and_goes_away(app: Any, store: Store, show: Callable[..., AppTest]) -> None:
    @app.page("/")
    def page(st: Any, session: Session) -> None:
        st.title(f"{count(session)} visits")

    store.is_down = True
    shown = show(app)
    assert not shown.exception
    assert "comes back by itself" in shown.error[0].value
    assert not shown.title
    store.is_down = False
    assert [title.value for title in shown.run().title] == ["1 visits"]
