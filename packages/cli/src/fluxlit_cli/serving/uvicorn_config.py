"""From the application's settings to uvicorn's configuration."""

from typing import Any, cast

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from fluxlit_cli.application import Application
from fluxlit_cli.serving.reload_channel import is_reload_child

__all__ = ("grace_seconds", "setting", "stop_seconds", "uvicorn_config")

_GRACE_SECONDS = 3.0
"""What requests in flight get to finish when the settings do not say."""

_GRACE_SECONDS_ON_RELOAD = 0.5
"""While one develops, an open event stream must not hold up the reload."""

_SLACK_SECONDS = 0.7
"""For everything that stops at once."""

_WORKER_SECONDS = 30
"""What a worker gets to start when it replaces another, and to answer its supervisor.

uvicorn's 5 s are too short on a busy machine: it gave the replacement up, and `fluxlit reload` had no effect.
"""

_UNLIMITED = 2**62


def setting(app: Application, name: str, default: Any) -> Any:
    """A setting that objects of other versions may lack."""
    return getattr(app.settings, name, default)


def grace_seconds(app: Application) -> float:
    """Seconds that requests in flight get when the server stops."""
    if is_reload_child():
        return _GRACE_SECONDS_ON_RELOAD
    configured = setting(app, "uvicorn_graceful_shutdown_timeout_s", None)
    return _GRACE_SECONDS if configured is None else float(configured)


def stop_seconds(app: Application) -> float:
    """Seconds after which the process leaves, whatever has not stopped by then."""
    return grace_seconds(app) + float(setting(app, "sidecar_stop_timeout_s", 1.0)) + _SLACK_SECONDS


def uvicorn_config(app: Application, *, served: Any = None, workers: int = 1) -> uvicorn.Config:
    """Uvicorn's configuration for ``app``.

    Args:
        app: Its settings are used.
        served: What uvicorn serves, if not ``app`` itself: an import string of a factory, for several workers.
        workers: Number of worker processes.
    """
    # An application that judges the headers itself has to see the connection's own peer.
    trust = app.settings.trust_proxy and not getattr(app, "settles_forwarding", False)
    return uvicorn.Config(
        app if served is None else served,
        factory=served is not None,
        workers=workers,
        timeout_worker_healthcheck=_WORKER_SECONDS,
        lifespan="on",
        log_config=_log_config(app),
        # The gateway writes an access line of its own, with secrets of the query masked.
        access_log=False,
        server_header=False,
        proxy_headers=trust,
        # Trusting "*" unless told otherwise would let any client forge its address.
        forwarded_allow_ips=(app.settings.forwarded_allow_ips or "127.0.0.1") if trust else None,
        # Declared as int; used as the timeout of asyncio.wait_for.
        timeout_graceful_shutdown=cast("int", grace_seconds(app)),
        ws_max_size=setting(app, "gateway_ws_max_message_bytes", None) or _UNLIMITED,
        ws_per_message_deflate=bool(setting(app, "gateway_ws_compression", False)),
    )


def _log_config(app: Application) -> dict[str, Any]:
    own = getattr(app, "log_config", None)
    return cast("dict[str, Any]", own()) if callable(own) else LOGGING_CONFIG
