"""Spares requests FastAPI's search for an OpenTelemetry provider while there is none.

FastAPI asks OpenTelemetry with every request whether somebody has set a provider of traces, metrics or logs; while
nobody has, that takes several looks at the environment, a tenth of a small request. Here it is asked once a second.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI
from starlette.routing import Route, WebSocketRoute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ("TELEMETRY_SCOPE_KEY", "UnusedTelemetry")

TELEMETRY_SCOPE_KEY: Final = "fastapi.telemetry"
"""FastAPI observes no request whose scope has it as `None`; it puts it there itself for paths that are excluded."""

_SECONDS = 1.0


class UnusedTelemetry:
    """Knows whether the API's own telemetry would do anything.

    Args:
        api: A FastAPI application; of anything else, or of a FastAPI without telemetry, nothing is known.
        clock: Seconds from somewhere on.
    """

    def __init__(self, api: object, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._api: Any = api
        self._clock = clock
        self._asks = _question(api)
        self._ask_again_at = clock()
        self._is_unused = False

    def is_certain(self) -> bool:
        """Whether nobody has set a provider, as of a second ago at most.

        Never where another application is mounted: it may have providers of its own, and sees the same scope.
        """
        if self._asks is None:
            return False
        now = self._clock()
        if now >= self._ask_again_at:
            self._is_unused = not self._asks() and _has_only_routes(self._api.router.routes)
            self._ask_again_at = now + _SECONDS
        return self._is_unused


def _question(api: object) -> Callable[[], bool] | None:
    # The key is in no documentation: a FastAPI whose code does not name it is not the one that is known here.
    if not isinstance(api, FastAPI) or TELEMETRY_SCOPE_KEY not in FastAPI.__call__.__code__.co_consts:
        return None
    return getattr(getattr(api, "_native_telemetry", None), "enabled", None)


def _has_only_routes(routes: Iterable[object]) -> bool:
    for route in routes:
        if isinstance(route, Route | WebSocketRoute):
            continue
        # FastAPI keeps a router that was included as one route.
        included: Any = getattr(getattr(route, "original_router", None), "routes", None)
        if included is None or not _has_only_routes(included):
            return False
    return True
