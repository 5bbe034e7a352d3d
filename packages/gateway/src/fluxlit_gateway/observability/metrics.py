"""What the gateway counts of each request; see ``fluxlit_gateway.metrics`` for where the numbers go."""

import os
from collections import Counter, deque
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from fluxlit_gateway.asgi import Message, Receive, Send
from fluxlit_gateway.errors import BodyTooLargeError, ProxyError, UpstreamBusyError
from fluxlit_gateway.metrics.catalogue import GATEWAY_PROMETHEUS_METRICS
from fluxlit_gateway.metrics.exposition import exposition, require_prometheus_client, sidecar_numbers
from fluxlit_gateway.metrics.store import MetricStore, merged, process_store
from fluxlit_gateway.observability.metered_socket import metered_socket
from fluxlit_gateway.observability.recorded_request import RecordedRequest
from fluxlit_gateway.upstream.protocols import Upstream

if TYPE_CHECKING:
    from fluxlit_gateway.metrics.shared_files import MetricFolder

__all__ = ("GATEWAY_PROMETHEUS_METRICS", "GatewayMetrics", "get_gateway_prom_metrics")

# Whatever else a client makes up is one label value, so that clients cannot fill the memory.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "WEBSOCKET"})
_STATUS_CLASSES = {0: "none", 1: "1xx", 2: "2xx", 3: "3xx", 4: "4xx", 5: "5xx"}
_TOO_MANY_REQUESTS = 429
_NOT_MODIFIED = 304
# Nobody may ask for the metrics for a long time.
_COUNTED_AT_LATEST = 1_000


class GatewayMetrics:
    """Counts requests.

    Args:
        store: Where to.

    Attributes:
        store: As given.
        in_flight: Requests that are being answered now; whoever begins to answer one adds it.
        open_sockets: WebSockets that are open now.
    """

    def __init__(self, store: MetricStore) -> None:
        self.store = store
        # What is over, until it is counted: an entry here costs a tenth of what counting it at once would.
        self._over: deque[tuple[str, str, int, float]] = deque()
        self.in_flight = 0
        self.open_sockets = 0
        self._folder: MetricFolder | None = None

    def start(self, folder: Path | None) -> None:
        """Share the numbers with the processes that use the same folder; without one they are this process's alone."""
        if folder is not None and self._folder is None:
            from fluxlit_gateway.metrics.shared_files import MetricFolder  # noqa: PLC0415  needs file locks of POSIX

            self._folder = MetricFolder(folder, self.store, refresh=self._look_at_process)
            self._folder.start()

    def stop(self) -> None:
        """Share them no more."""
        if self._folder is not None:
            self._folder.stop()
            self._folder = None

    def finished(self, context: RecordedRequest, duration_s: float) -> None:
        """Count a request that is over; the life of a WebSocket is one observation.

        Args:
            context: The request.
            duration_s: Its duration in seconds.
        """
        scope = context.scope
        if scope["type"] == "http":
            self.in_flight -= 1
            method = scope["method"]
        else:
            self.open_sockets -= 1
            method = "WEBSOCKET"
        # Limits by address, user or key are layers; a 429 from behind them is the application's own.
        if context.status == _TOO_MANY_REQUESTS and not context.passed_layers:
            self.store.add("fluxlit_gateway_limit_refusals_total", ("rate",))
        over = self._over
        over.append((context.dispatch, method, context.status, duration_s))
        if len(over) >= _COUNTED_AT_LATEST:
            self._count()

    def _count(self) -> None:
        """Count what is over. May run in two threads at once: each entry is taken by one of them."""
        counts: Counter[tuple[str, str, int]] = Counter()
        durations: dict[str, list[float]] = {}
        try:
            while True:
                dispatch, method, status, duration = self._over.popleft()
                counts[dispatch, method, status] += 1
                durations.setdefault(dispatch, []).append(duration)
        except IndexError:
            pass
        store = self.store
        for (dispatch, method, status), count in counts.items():
            kind = method if method in _METHODS else "OTHER"
            store.add("fluxlit_gateway_requests_total", (dispatch, kind), count)
            status_class = _STATUS_CLASSES.get(status // 100, "none")
            store.add("fluxlit_gateway_responses_total", (dispatch, status_class), count)
        for dispatch, values in durations.items():
            store.add_observations("fluxlit_gateway_request_duration_seconds", (dispatch,), values)
        store.set("fluxlit_gateway_requests_in_flight", (), self.in_flight)
        store.set("fluxlit_gateway_websockets_open", (), self.open_sockets)

    def refused(self, error: ProxyError) -> None:
        """Count a refusal if a limit is its reason."""
        if isinstance(error, BodyTooLargeError):
            self.store.add("fluxlit_gateway_limit_refusals_total", ("body",))
        elif isinstance(error, UpstreamBusyError):
            self.store.add("fluxlit_gateway_limit_refusals_total", ("concurrency",))

    def metered_socket(self, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Count the bytes of a WebSocket's messages, both ways."""
        return metered_socket(receive, send, partial(self.store.add, "fluxlit_gateway_websocket_bytes_total"))

    def watched_asset(self, send: Send) -> Send:
        """Count how a static file is served."""

        async def watching_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                result = "plain"
                if message["status"] == _NOT_MODIFIED:
                    result = "not_modified"
                elif any(name == b"content-encoding" for name, _ in message.get("headers", ())):
                    result = "compressed"
                self.store.add("fluxlit_gateway_assets_total", (result,))
            await send(message)

        return watching_send

    def text(self, upstream: Upstream) -> tuple[bytes, str]:
        """Return the metrics of all processes as Prometheus text, and its content type."""
        if self._folder is None:
            self._look_at_process()
        numbers = self._folder.total() if self._folder is not None else self.store.snapshot()
        workers = numbers.values.get("fluxlit_gateway_workers", {}).get((), 1)
        return exposition(merged([numbers, sidecar_numbers(upstream)]), with_process_metrics=workers <= 1)

    def _look_at_process(self) -> None:
        self._count()
        self.store.set("fluxlit_gateway_workers", (), 1)
        with suppress(OSError, ValueError):  # only Linux has /proc
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            self.store.set("fluxlit_gateway_memory_bytes", (), pages * os.sysconf("SC_PAGE_SIZE"))


@lru_cache(maxsize=1)
def get_gateway_prom_metrics() -> GatewayMetrics:
    """Return what counts the requests of this process.

    Raises:
        GatewayConfigurationError: prometheus-client is not installed.
    """
    require_prometheus_client()
    return GatewayMetrics(process_store())
