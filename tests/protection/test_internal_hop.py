"""The hop inside over loopback ports, where there are no Unix sockets: what says who the user is, is nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2 as httpx
import psutil
import pytest
from websockets.exceptions import InvalidStatus

from fluxlit_auth import User
from fluxlit_auth.identity.user_header import private_hop_headers
from fluxlit_sidecar.child.names import HOP_SECRET, HOP_SECRET_HEADER
from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_testing.running_server import RunningServer

ROOT = User(id="root", name="root", roles=frozenset({"admin"}))
FORGED = {name.decode(): value.decode() for name, value in private_hop_headers(ROOT)}


@pytest.fixture
def hop_secret() -> Callable[[psutil.Process], dict[str, str]]:
    """The header that the gateway sends along, as only this user of the machine can find it out."""
    return lambda sidecar: {HOP_SECRET_HEADER: sidecar.environ()[HOP_SECRET]}


def ports_of(process: psutil.Process) -> list[int]:
    return [each.laddr.port for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN]


@pytest.mark.parametrize("guess", ["", "guessed"], ids=["none", "wrong"])
def test_a_user_header_without_the_secret_of_this_run_reaches_no_page(
    guarded_over_tcp: RunningServer, hop_secret: Callable[[psutil.Process], dict[str, str]], guess: str
) -> None:
    (sidecar,) = psutil.Process(guarded_over_tcp.process.pid).children()
    (port,) = ports_of(sidecar)
    wrong = dict.fromkeys(hop_secret(sidecar), guess) if guess else {}

    answer = httpx.get(f"http://127.0.0.1:{port}/", headers={**FORGED, **wrong}, trust_env=False, timeout=30)
    with (
        pytest.raises(InvalidStatus) as refused,
        StreamlitSession(f"ws://127.0.0.1:{port}", headers={**FORGED, **wrong}),
    ):
        pass

    assert answer.status_code == 403
    assert refused.value.response.status_code == 403


def test_with_the_secret_that_only_the_gateway_has_the_header_counts(
    guarded_over_tcp: RunningServer, hop_secret: Callable[[psutil.Process], dict[str, str]]
) -> None:
    (sidecar,) = psutil.Process(guarded_over_tcp.process.pid).children()
    (port,) = ports_of(sidecar)

    with StreamlitSession(f"ws://127.0.0.1:{port}", headers={**FORGED, **hop_secret(sidecar)}) as tab:
        assert "page: root, root" in tab.run().texts


def test_the_public_port_believes_no_user_header_and_the_internal_apis_port_answers_nobody_without_its_secret(
    guarded_over_tcp: RunningServer, as_ada: dict[str, str]
) -> None:
    server = psutil.Process(guarded_over_tcp.process.pid)
    public = httpx.URL(guarded_over_tcp.base_url).port

    with httpx.Client(base_url=guarded_over_tcp.base_url, headers=FORGED, trust_env=False, timeout=30) as http:
        assert http.get("/api/me").status_code == 401
        assert http.get("/api/me", headers=as_ada).json()["id"] == "ada"
    with StreamlitSession(guarded_over_tcp.ws_url, headers={**FORGED, **as_ada}) as tab:
        assert tab.run().texts[:3] == ["page: ada, ada Å", "st.user: ada, ada Å", "api: ada"]
    (internal,) = set(ports_of(server)) - {public}
    for headers in ({}, FORGED, as_ada, {HOP_SECRET_HEADER: "guessed"}):
        url = f"http://127.0.0.1:{internal}/api/me"
        assert httpx.get(url, headers=headers, trust_env=False, timeout=30).status_code == 403
