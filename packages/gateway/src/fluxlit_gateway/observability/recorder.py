"""Who is told about a request: log, metrics, debug page. Costs next to nothing when nobody is."""

import time

from fluxlit_gateway.asgi import Receive, Send
from fluxlit_gateway.observability.access_log import AccessLog
from fluxlit_gateway.observability.metrics import GatewayMetrics, get_gateway_prom_metrics
from fluxlit_gateway.observability.recent_requests import RecentRequests
from fluxlit_gateway.observability.recorded_request import RecordedRequest
from fluxlit_gateway.options import GatewayOptions

__all__ = ("Recorder",)


class Recorder:
    """Records requests as the options say.

    Args:
        options: The settings.

    Attributes:
        recent: The last requests, in debug mode.
        metrics: What counts requests, if metrics are on.
        is_logged: Tells whether anybody would see a line of the access log now.
        is_always_on: Whether every request is recorded, whatever the log level.

    Raises:
        GatewayConfigurationError: Metrics are asked for and their extra is not installed.
    """

    def __init__(self, options: GatewayOptions) -> None:
        self._log = AccessLog(at_info=options.access_log, sensitive_query_keys=options.sensitive_query_keys)
        self.is_logged = self._log.is_on
        self.metrics: GatewayMetrics | None = (
            get_gateway_prom_metrics() if options.metrics or options.metrics_path else None
        )
        self.recent: RecentRequests | None = RecentRequests(options.sensitive_query_keys) if options.debug else None
        self.is_always_on = self.metrics is not None or self.recent is not None

    def begin(self, context: RecordedRequest, receive: Receive, send: Send) -> tuple[Receive, Send]:
        """Record that a request is being answered; return what to receive and send with.

        Args:
            context: The request.
            receive: The server's ``receive``.
            send: The server's ``send``.
        """
        if self.metrics is None:
            return receive, send
        if context.scope["type"] == "websocket":
            self.metrics.open_sockets += 1
            return self.metrics.metered_socket(receive, send)
        self.metrics.in_flight += 1
        return receive, send

    def finish(self, context: RecordedRequest, started: float) -> None:
        """Record a request that is over.

        Args:
            context: The request.
            started: ``time.monotonic()`` when it came.
        """
        ended = time.monotonic()
        if context.problem or self.is_logged():
            self._log.write(context, started=started, ended=ended)
        if self.metrics is not None:
            self.metrics.finished(context, ended - started)
        if self.recent is not None:
            self.recent.add(context, ended - started)

    def flush(self) -> None:
        """Write what waits to be written."""
        self._log.flush()
