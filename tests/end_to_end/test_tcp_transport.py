"""The stack as it is where there are no Unix sockets: loopback ports that ask for a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import psutil

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer

# With a safe path the sidecar starts with its whole environment, where the secrets can be read, and is not told later.
OVER_TCP = {"FLUXLIT_INTERNAL_SIDECAR_TRANSPORT": "tcp", "PYTHONSAFEPATH": "1"}


def test_a_browser_is_served_through_the_gateway_and_refused_at_the_sidecar(
    start_server: Callable[..., RunningServer], runtime_base: Path
) -> None:
    server = start_server(env=OVER_TCP)

    with StreamlitSession(server.ws_url) as tab:
        first = tab.run()
        assert "Dashboard" in first.texts
        assert "Refreshed" in tab.click(first.widget_id("Refresh")).texts

    (sidecar,) = psutil.Process(server.process.pid).children()
    (port,) = listening(sidecar)
    answer = httpx2.get(f"http://127.0.0.1:{port}/_stcore/health", trust_env=False, timeout=30)
    assert answer.status_code == 403
    assert sidecar.environ()["FLUXLIT_SIDECAR_HOP_SECRET"] not in server.output.text
    assert not list(runtime_base.rglob("*.sock"))


def test_pages_reach_the_internal_api_by_its_secret_and_nobody_without_it(
    start_server: Callable[..., RunningServer],
) -> None:
    server = start_server(env=OVER_TCP)
    with StreamlitSession(server.ws_url) as tab:
        # The page shows what its call of the API has brought.
        assert "Dashboard" in tab.run().texts
    assert "Traceback" not in server.output.text

    (internal,) = listening(psutil.Process(server.process.pid)) - {int(server.base_url.rpartition(":")[2])}
    (sidecar,) = psutil.Process(server.process.pid).children()
    secret = sidecar.environ()["FLUXLIT_INTERNAL_API_SECRET"]
    statuses = [
        httpx2.get(f"http://127.0.0.1:{internal}/api/users", headers=headers, trust_env=False, timeout=30).status_code
        for headers in ({}, {"X-FluxLit-Hop-Secret": "guessed"}, {"X-FluxLit-Hop-Secret": secret})
    ]
    assert statuses == [403, 403, 200]
    assert secret not in server.output.text


def listening(process: psutil.Process) -> set[int]:
    return {found.laddr.port for found in process.net_connections("tcp") if found.status == psutil.CONN_LISTEN}
