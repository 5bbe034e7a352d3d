"""A visitor's session that is revoked closes its open pages; callbacks and fragments save what they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from fluxlit_testing.running_server import RunningServer
from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from websockets.sync.client import ClientConnection

APP = """
from fastapi import Request

from fluxlit import ApiClient, FluxLit, Session

app = FluxLit()


@app.page("/")
def home(st, session: Session, client: ApiClient):
    def note():
        session["noted"] = session.get("noted", 0) + 1
        session.save()

    @st.fragment
    def counter():
        if st.button("Count"):
            session["counted"] = session.get("counted", 0) + 1
            session.save()

    @st.fragment
    def goodbye():
        if st.button("Forget me in a fragment"):
            app.sessions.revoke(session)
            st.text("forgotten in a fragment")

    st.button("Note", on_click=note)
    st.button("Forget me in a callback", on_click=lambda: app.sessions.revoke(session))
    counter()
    goodbye()
    st.text(f"noted {session.get('noted', 0)}, counted {session.get('counted', 0)}")
    if st.button("Forget me"):
        app.sessions.revoke(session)
        st.text("forgotten")
    if st.button("Forget the other"):
        app.sessions.revoke(client.get("/remembered").json())


remembered: list[str] = []


@app.api.post("/remember")
def remember(request: Request) -> None:
    remembered.append(request.state.fluxlit_session)


@app.api.get("/remembered")
def last_remembered() -> str:
    return remembered.pop()


@app.api.post("/forget")
def forget(request: Request) -> bool:
    return app.sessions.revoke(request.state.fluxlit_session)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("s")
    (folder / "app.py").write_text(APP, encoding="utf-8")
    env = {"FLUXLIT_NO_PIDFILE": "1", "XDG_RUNTIME_DIR": str(folder)}
    with RunningServer.start(cwd=folder, env=env) as running:
        yield running


@pytest.fixture
def visitor(server: RunningServer) -> dict[str, str]:
    """The cookie of a browser that has nothing but a page, as a header."""
    page = httpx2.get(server.base_url, headers={"Accept": "text/html"}, trust_env=False, timeout=30)
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in page.cookies.items())}


def open_socket(server: RunningServer, headers: dict[str, str]) -> ClientConnection:
    sent = {**headers, "Origin": server.base_url}
    return connect(f"{server.ws_url}/_stcore/stream", additional_headers=sent, proxy=None)


def close_code(socket: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=30)
    return closed.value.rcvd and closed.value.rcvd.code


def test_a_session_of_nobody_that_the_api_revokes_closes_its_sockets_and_no_others(
    server: RunningServer, visitor: dict[str, str]
) -> None:
    other = httpx2.get(server.base_url, headers={"Accept": "text/html"}, trust_env=False, timeout=30)
    cookies = "; ".join(f"{name}={value}" for name, value in other.cookies.items())
    with open_socket(server, visitor) as socket, StreamlitSession(server.ws_url, headers={"Cookie": cookies}) as tab:
        httpx2.post(f"{server.base_url}/api/forget", headers=visitor, trust_env=False, timeout=30).raise_for_status()

        assert close_code(socket) == 4401
        assert tab.run().texts == ["noted 0, counted 0"]


def test_a_session_that_a_page_revokes_closes_the_sockets_at_the_gateway(
    server: RunningServer, visitor: dict[str, str]
) -> None:
    httpx2.post(f"{server.base_url}/api/remember", headers=visitor, trust_env=False, timeout=30).raise_for_status()
    page = httpx2.get(server.base_url, headers={"Accept": "text/html"}, trust_env=False, timeout=30)
    other = {"Cookie": "; ".join(f"{name}={value}" for name, value in page.cookies.items())}
    with open_socket(server, visitor) as socket, StreamlitSession(server.ws_url, headers=other) as tab:
        tab.click(tab.run().widget_id("Forget the other"))

        assert close_code(socket) == 4401


def test_a_page_that_ends_its_own_session_gets_to_say_so(server: RunningServer, visitor: dict[str, str]) -> None:
    with StreamlitSession(server.ws_url, headers=visitor) as tab:
        first = tab.run()

        assert "forgotten" in tab.click(first.widget_id("Forget me")).texts
        assert any("has ended" in text for text in tab.run().texts)


def test_a_callback_that_ends_its_own_session_leaves_no_blank_page(
    server: RunningServer, visitor: dict[str, str]
) -> None:
    # A callback runs before the page function asks for its session.
    with StreamlitSession(server.ws_url, headers=visitor) as tab:
        first = tab.run()

        assert any("has ended" in text for text in tab.click(first.widget_id("Forget me in a callback")).texts)
        assert any("has ended" in text for text in tab.run().texts)


def test_a_fragment_that_ends_its_own_session_gets_to_say_so(server: RunningServer, visitor: dict[str, str]) -> None:
    with StreamlitSession(server.ws_url, headers=visitor) as tab:
        first = tab.run()

        shown = tab.click(first.widget_id("Forget me in a fragment"))
        assert "forgotten in a fragment" in shown.texts
        assert any("has ended" in text for text in tab.run().texts)


def test_what_callbacks_and_fragments_save_is_there_in_another_tab(
    server: RunningServer, visitor: dict[str, str]
) -> None:
    with StreamlitSession(server.ws_url, headers=visitor) as tab:
        first = tab.run()
        assert tab.click(first.widget_id("Note")).texts == ["noted 1, counted 0"]
        # A run of the fragment alone: the page function, and with it the end of its session, does not come to pass.
        assert tab.click(first.widget_id("Count")).texts == []
        assert tab.click(first.widget_id("Count")).texts == []
        with StreamlitSession(server.ws_url, headers=visitor) as second:
            assert second.run().texts == ["noted 1, counted 2"]
