"""One identity: the page, Streamlit's own `st.user`, the page's client, the endpoint and the menu agree on the user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from fluxlit_testing.streamlit_session import ScriptRun, StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.sync.client import ClientConnection

    from fluxlit_testing.running_server import RunningServer

APP = Path(__file__).parent / "app"


def menu(run: ScriptRun) -> dict[str, bool]:
    """Which pages a run has, and whether the menu shows them."""
    pages = [
        page for message in run.messages if message.HasField("navigation") for page in message.navigation.app_pages
    ]
    return {page.page_name: not page.is_hidden for page in pages if page.page_name in {"Home", "Admin"}}


@pytest.fixture(params=["guarded", "guarded_native"], ids=["sidecar", "native"])
def served(request: pytest.FixtureRequest) -> RunningServer:
    """In either runtime."""
    return request.getfixturevalue(request.param)


def test_page_streamlit_client_and_endpoint_agree(served: RunningServer, as_ada: dict[str, str]) -> None:
    with StreamlitSession(served.ws_url, headers=as_ada) as tab:
        run = tab.run()

    assert run.texts == [
        "page: ada, ada Å",
        "st.user: ada, ada Å",
        "api: ada",
        "admin: 403",
        "secrets: []",
    ]


def test_the_menu_hides_what_is_closed_and_the_runner_refuses_it(
    served: RunningServer, as_ada: dict[str, str], as_root: dict[str, str]
) -> None:
    def seen_by(headers: dict[str, str]) -> tuple[dict[str, bool], list[str]]:
        with StreamlitSession(served.ws_url, headers=headers) as tab:
            run = tab.run(page="admin")
        return menu(run), run.texts

    assert seen_by(as_ada) == ({"Home": True, "Admin": False}, ["You may not open this page."])
    assert seen_by(as_root) == ({"Home": True, "Admin": True}, ["only for administrators"])


def test_the_gateway_refuses_the_address_of_a_closed_page(
    served: RunningServer, as_ada: dict[str, str], as_root: dict[str, str]
) -> None:
    with httpx.Client(base_url=served.base_url, timeout=30, trust_env=False) as http:
        assert http.get("/admin", headers=as_ada).status_code == 403
        assert http.get("/admin/", headers=as_ada).status_code == 403
        assert http.get("/admin", headers=as_root).status_code == 200
        assert http.get("/api/admin/panel", headers=as_ada).json() == {"detail": "Not allowed"}


def test_a_limit_is_a_users_own(anonymous: httpx.Client, as_ada: dict[str, str], as_root: dict[str, str]) -> None:
    statuses = [anonymous.get("/api/limited", headers=as_ada).status_code for _attempt in range(4)]
    refused = anonymous.get("/api/limited", headers=as_ada)

    assert statuses == [200, 200, 200, 429]
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert anonymous.get("/api/limited", headers=as_root).status_code == 200


def read_to_the_end(socket: ClientConnection) -> None:
    while True:
        socket.recv(timeout=30)


@pytest.fixture
def keys_command(environment: dict[str, str]) -> Callable[..., str]:
    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "fluxlit", "keys", *arguments, "--target", "guarded:app"]
        done = subprocess.run(
            command,
            cwd=APP,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def test_a_key_of_the_command_works_until_it_is_revoked_which_closes_its_sockets(
    guarded: RunningServer, anonymous: httpx.Client, keys_command: Callable[..., str]
) -> None:
    text = keys_command("create", "ci", "--user", "robot", "--scope", "orders:read", "--expires", "1d")
    key = {"X-API-Key": text}
    user = anonymous.get("/api/me", headers=key).json()
    listed = keys_command("list")
    with connect(guarded.ws_url + "/_stcore/stream", additional_headers={**key, "Origin": guarded.base_url}) as socket:
        keys_command("revoke", text.split("_")[1])
        with pytest.raises(ConnectionClosed) as closed:
            read_to_the_end(socket)

    assert (user["id"], user["scopes"]) == ("robot", ["orders:read"])
    assert "ci  robot  scope:orders:read" in listed
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    assert anonymous.get("/api/me", headers=key).status_code == 401
