"""ASGI layers that a setup hook puts around Streamlit in a sidecar: tracing, the request id of log lines.

Lifecycle: a hook calls `add_request_layer` while the sidecar prepares itself; the server wraps the application once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

__all__ = ("ASGIApplication", "RequestLayer", "add_request_layer", "with_request_layers")

_Message: TypeAlias = MutableMapping[str, Any]
ASGIApplication: TypeAlias = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[_Message]], Callable[[_Message], Awaitable[None]]],
    Awaitable[None],
]
RequestLayer: TypeAlias = Callable[[ASGIApplication], ASGIApplication]

_layers: list[RequestLayer] = []


def add_request_layer(layer: RequestLayer) -> None:
    """Put a layer around what is there; the one that was added last is the outermost."""
    _layers.append(layer)


def with_request_layers(app: ASGIApplication) -> ASGIApplication:
    """The application inside all layers."""
    for layer in _layers:
        app = layer(app)
    return app
