"""What is refused, by whom, and how long an idle tab lives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from fluxlit_testing.running_server import RunningServer
from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx2
    from conftest import Front, StartProxy

    Visit = Callable[..., httpx2.Client]

MIB = 1024 * 1024
# FluxLit's own limit here is 4 MiB.
SMALLER = {
    "nginx": {"client_max_body_size 200m": "client_max_body_size 1m"},
    "caddy": {"max_size 200MB": "max_size 1MB"},
    "haproxy": {"gt 209715200": "gt 1048576"},
}
# An hour in the examples; Caddy waits for ever, unless told otherwise.
SHORT_IDLE = {
    "nginx": {"proxy_read_timeout 3600s": "proxy_read_timeout 3s", "proxy_send_timeout 3600s": "proxy_send_timeout 3s"},
    "caddy": {"flush_interval -1": "flush_interval -1\n\t\ttransport http {\n\t\t\tread_timeout 3s\n\t\t}"},
    "haproxy": {"timeout tunnel 1h": "timeout tunnel 3s"},
}


def uploaded(front: Front, http: httpx2.Client, size: int) -> httpx2.Response:
    http.get("/", headers={"accept": "text/html"})
    http.get("/_stcore/health")
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in http.cookies.items())}
    with StreamlitSession(front.ws_url, headers=headers) as tab:
        tab.run()
        path = tab.upload_path("notes.bin")
        token = {"X-Xsrftoken": http.cookies.get("_streamlit_xsrf") or ""}
        return http.put(path, files={"f": ("notes.bin", b"0" * size)}, headers=token)


@pytest.mark.parametrize("program", SMALLER)
def test_an_upload_above_the_proxys_limit_is_refused_by_the_proxy(
    start_proxy: StartProxy, at_the_root: RunningServer, visit: Visit, program: str
) -> None:
    front = start_proxy(program, "root", at_the_root.base_url, changes=SMALLER[program])

    small, large = (uploaded(front, visit(front), size) for size in (MIB // 2, 2 * MIB))

    assert small.status_code == 204
    # Caddy before 2.8 cuts the body off on the way instead of refusing it, and answers with what comes of that.
    assert large.status_code in ({413, 502} if program == "caddy" else {413})
    assert "FLUXLIT_GATEWAY_MAX_PROXY_REQUEST_BODY_BYTES" not in large.text


@pytest.mark.parametrize("program", SMALLER)
def test_an_upload_above_fluxlits_limit_is_refused_by_fluxlit(
    start_proxy: StartProxy, at_the_root: RunningServer, visit: Visit, program: str
) -> None:
    front = start_proxy(program, "root", at_the_root.base_url)

    large = uploaded(front, visit(front), 5 * MIB)

    assert large.status_code == 413
    assert "FLUXLIT_GATEWAY_MAX_PROXY_REQUEST_BODY_BYTES" in large.text


@pytest.fixture(scope="module")
def eager(tmp_path_factory: pytest.TempPathFactory, at_the_root: RunningServer) -> Iterator[RunningServer]:
    """The same application under uvicorn, which pings its sockets each second instead of every twentieth."""
    folder = tmp_path_factory.mktemp("r")
    cwd = psutil.Process(at_the_root.process.pid).cwd()
    env = {"XDG_RUNTIME_DIR": str(folder)}
    with RunningServer.start(
        cwd=Path(cwd), command=("-m", "uvicorn"), arguments=("--port", "0", "--ws-ping-interval", "1"), env=env
    ) as server:
        yield server


def idle_for(front: Front, seconds: float) -> bool:
    """Whether a socket on which nobody says anything is open after so long."""
    host = front.base_url.removeprefix("http://")
    with connect(
        f"ws://{host}/_stcore/stream",
        origin=Origin(front.base_url),
        subprotocols=[Subprotocol("streamlit")],
        ping_interval=None,
    ) as socket:
        try:
            socket.recv(timeout=seconds)
        except TimeoutError:
            return True
        except ConnectionClosed:
            return False
    raise AssertionError("Streamlit spoke first")


@pytest.mark.parametrize("program", SHORT_IDLE)
def test_pings_keep_an_idle_tab_open_beyond_the_proxys_limit(
    start_proxy: StartProxy, eager: RunningServer, program: str
) -> None:
    front = start_proxy(program, "root", eager.base_url, changes=SHORT_IDLE[program])

    assert idle_for(front, 7)


@pytest.mark.parametrize("program", SHORT_IDLE)
def test_without_pings_in_time_the_proxy_closes_an_idle_tab(
    start_proxy: StartProxy, at_the_root: RunningServer, program: str
) -> None:
    front = start_proxy(program, "root", at_the_root.base_url, changes=SHORT_IDLE[program])

    assert not idle_for(front, 15)
