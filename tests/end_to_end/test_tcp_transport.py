"""The stack as it is where there are no Unix sockets: sidecars on loopback ports that ask for a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import psutil

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_testing.running_server import RunningServer

OVER_TCP = {"FLUXLIT_INTERNAL_SIDECAR_TRANSPORT": "tcp"}


def test_a_browser_is_served_through_the_gateway_and_refused_at_the_sidecar(
    start_server: Callable[..., RunningServer],
) -> None:
    server = start_server(env=OVER_TCP)

    with StreamlitSession(server.ws_url) as tab:
        first = tab.run()
        assert "Dashboard" in first.texts
        assert "Refreshed" in tab.click(first.widget_id("Refresh")).texts

    (sidecar,) = psutil.Process(server.process.pid).children()
    ports = [found.laddr.port for found in sidecar.net_connections("tcp") if found.status == psutil.CONN_LISTEN]
    assert len(ports) == 1
    answer = httpx2.get(f"http://127.0.0.1:{ports[0]}/_stcore/health", trust_env=False, timeout=30)
    assert answer.status_code == 403
    assert sidecar.environ()["FLUXLIT_SIDECAR_HOP_SECRET"] not in server.output.text
