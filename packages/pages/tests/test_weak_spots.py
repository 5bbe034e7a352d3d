"""Weak spots of FluxLit 0.13 that concern pages, each shown not to be one here."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import pytest
from streamlit.testing.v1 import AppTest

from fluxlit_pages import Depends, PageMeta, load_target
from fluxlit_pages.errors import NestedPagePathError, TargetImportError
from fluxlit_sessions import InMemorySessionStore

Show = Callable[..., AppTest]
Serve = Callable[..., str]
Write = Callable[[str, str], Path]


def test_u1_session_state_holds_nothing_of_ours_that_json_cannot_say(app: Any, show: Show) -> None:
    @app.page("/")
    def home(st: Any, client: Any) -> None:  # noqa: ARG001 - that it asks for a client is the point
        st.session_state["cart"] = ["tea"]
        st.text(json.dumps(dict(st.session_state.items())))

    assert show(app).text[0].value == '{"cart": ["tea"]}'


def test_u2_parallel_first_loads_never_see_a_half_loaded_module(
    write_module: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The module waits in the middle of its import until every thread has begun to ask for it.
    write_module(
        "slow_application.py",
        "import u2_gate\nu2_gate.everyone_asks.wait(30)\napp = object()\n",
    )
    write_module("u2_gate.py", "import threading\neveryone_asks = threading.Event()\n")
    monkeypatch.chdir(tmp_path)
    gate: Any = load_target("u2_gate:everyone_asks")
    asking = threading.Barrier(8, action=gate.set)

    def load(number: int) -> object:
        if number:
            asking.wait(30)
        else:
            threading.Thread(target=asking.wait, args=[30]).start()
        return load_target("slow_application:app")

    with ThreadPoolExecutor(8) as pool:
        loaded = list(pool.map(load, range(8)))
    assert len(set(map(id, loaded))) == 1


def test_u2_a_failing_import_is_itself_for_every_thread(
    write_module: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_module("broken_application.py", "raise ValueError('the real reason')\n")
    monkeypatch.chdir(tmp_path)
    together = threading.Barrier(8)

    def load(_number: int) -> str:
        together.wait(30)
        with pytest.raises(TargetImportError) as caught:
            load_target("broken_application:app")
        return str(caught.value)

    with ThreadPoolExecutor(8) as pool:
        assert all("the real reason" in message for message in pool.map(load, range(8)))


def test_u3_a_nested_path_is_refused_when_it_is_registered(app: Any) -> None:
    with pytest.raises(NestedPagePathError, match="'/admin-users'"):
        app.page("/admin/users")(lambda: None)


TWO_PAGES = """
@app.page("/reports")
def reports(st):
    st.text("reports")

@app.page("/")
def start(st):
    st.text(f"start {st.query_params.get_all('id')}")
"""


def test_u3_the_root_page_is_served_at_the_root_and_at_its_own_address(serve: Serve, open_tab: Any) -> None:
    address = serve(TWO_PAGES)
    for page in ("", "home"):
        with open_tab(address) as tab:
            run = tab.run(page=page, query="id=1&id=2")
            assert run.texts[-1] == "start ['1', '2']"
            assert "page_not_found" not in run.kinds


def test_u4_the_page_parameter_keeps_the_other_parameters(app: Any, show: Show) -> None:
    @app.page("/")
    def home(st: Any) -> None: ...

    @app.page("/reports", title="Reports")
    def reports(st: Any) -> None:
        st.text(json.dumps({name: st.query_params.get_all(name) for name in st.query_params}))

    shown = show(app, query={"page": "Reports", "id": "5", "tag": ["a", "b"]})
    assert json.loads(shown.text[0].value) == {"id": ["5"], "tag": ["a", "b"]}


def test_u5_positional_only_pages_run(app: Any, show: Show) -> None:
    @app.page("/")
    def home(st: Any, client: Any, /) -> None:
        st.text(type(client).__name__)

    assert show(app).text[0].value == "Client"


def limit() -> int:
    return 10


def test_u5_overrides_reach_dependencies_and_plain_parameters(
    app: Any, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    def home(st: Any, found: Any, plain: str = "default") -> None:
        st.text(f"{found} {plain}")

    home.__annotations__["found"] = Annotated[int, Depends(limit)]
    app.page("/")(home)
    shown = show(app)
    assert shown.text[0].value == "10 default"
    monkeypatch.setenv("FLUXLIT_TEST_PAGE_OVERRIDES", '{"found": 3, "plain": "replaced"}')
    assert shown.run().text[0].value == "3 replaced"
    monkeypatch.delenv("FLUXLIT_TEST_PAGE_OVERRIDES")
    app.page_registry.dependency_overrides[limit] = lambda: 4
    assert shown.run().text[0].value == "4 default"


def test_u5_static_metadata_reaches_set_page_config(app: Any, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    calls: list[dict[str, Any]] = []

    def set_page_config(**config: Any) -> None:
        calls.append(config)

    monkeypatch.setattr(st, "set_page_config", set_page_config)
    app.settings.streamlit_page_config = {"layout": "centered", "menu_items": {"About": "x"}}
    app.page("/", page_meta=PageMeta(page_title="Own", layout="wide", initial_sidebar_state="collapsed"))(lambda: None)
    show(app)
    assert calls == [
        {"page_title": "Own", "layout": "wide", "initial_sidebar_state": "collapsed", "menu_items": {"About": "x"}}
    ]


def test_u6_a_store_reaches_pages_that_run_in_parallel(make_app: Any) -> None:
    """The store's own races are tested where it lives; here: many runs with one store, nothing of one in another."""
    from fluxlit_pages import resolve_page_kwargs
    from fluxlit_sessions import SessionStore

    app = make_app(session_store=InMemorySessionStore())

    def page(store: Any) -> None: ...

    page.__annotations__["store"] = SessionStore

    def use(number: int) -> bool:
        store = resolve_page_kwargs(page, st=None, client=None, app=app)["store"]
        for turn in range(50):
            store.set(f"{number}", {"turn": turn})
            if store.get(f"{number}") != {"turn": turn}:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(8)))


CALLS_THE_API = """
from fluxlit_client import ApiClient
Application.get_client = lambda self: ApiClient()

@app.page("/")
def start(st, client):
    st.text(str(client.get("/users").json()))
"""


def test_u7_sessions_share_their_connections_to_the_api(
    serve: Serve, open_tab: Any, list_api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLUXLIT_INTERNAL_API_BASE", list_api.address)
    address = serve(CALLS_THE_API)
    for _ in range(25):
        with open_tab(address) as tab:
            assert tab.run().texts == ["[]"]
    # Descriptors are not counted: Streamlit itself keeps three for each session that may still come back.
    assert list_api.connections <= 3
