"""uvicorn inside a sidecar: on the inherited socket, told to end by its supervisor and not by a terminal."""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING, Any

import uvicorn
from streamlit import config

from fluxlit_sidecar.streamlit_server.browser_socket.protocol import websocket_implementation

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Generator

__all__ = ("SidecarServer", "server_config")

_MIB = 1024 * 1024
# Both ends of the private hop are on one machine: a ping only shows a stuck peer, and a page that keeps the
# interpreter busy for a while must not cost its visitors their connections. The supervisor's probe finds a hang.
_PING_INTERVAL = 30.0
_PING_TIMEOUT = 120.0
# Open sockets are closed when the server ends; what is still running after this is cancelled.
_GRACE = 1.0


def server_config(app: Any) -> uvicorn.Config:
    """Configure uvicorn for the private hop."""
    return uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        # The supervisor logs each change of state; uvicorn's own start and stop would say it twice.
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        ws=websocket_implementation(),
        # The larger of the two directions' limits; Streamlit checks its own on what it receives.
        ws_max_size=max(config.get_option("server.maxMessageSize"), config.get_option("server.maxUploadSize")) * _MIB,
        ws_per_message_deflate=False,
        ws_ping_interval=_PING_INTERVAL,
        ws_ping_timeout=_PING_TIMEOUT,
        timeout_graceful_shutdown=int(_GRACE),
        timeout_keep_alive=75,
    )


class SidecarServer(uvicorn.Server):
    """A uvicorn server that tells when it listens and exits with 0 when it is asked to end."""

    def __init__(self, configuration: uvicorn.Config, *, on_listening: Callable[[], object]) -> None:
        super().__init__(configuration)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    def _end_on_signal(self, _number: int, _frame: object) -> None:
        self.end()

    def end(self) -> None:
        """Ask the server to end; may be called from any thread."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """SIGTERM ends the server. It is not raised again afterwards, as uvicorn does: that would look like a crash."""
        before = signal.signal(signal.SIGTERM, self._end_on_signal)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)
