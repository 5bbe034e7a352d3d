"""The ASGI lifespan protocol, for an application whose life is an async context manager.

A failure at start becomes `lifespan.startup.failed` with one message, as the specification asks, so that uvicorn stops
with exit code 3 and prints that message, not a traceback of ours.
(https://asgi.readthedocs.io/en/latest/specs/lifespan.html)
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from fluxlit.errors import FluxlitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from starlette.types import Receive, Scope, Send

__all__ = ("serve_lifespan",)

_LOGGER = logging.getLogger("fluxlit.runtime")


async def serve_lifespan(
    running: Callable[[], AbstractAsyncContextManager[Mapping[str, Any]]],
    scope: Scope,
    receive: Receive,
    *,
    send: Send,
) -> None:
    """Enter `running()` at startup and leave it at shutdown; what it yields goes into the server's `scope["state"]`."""
    await receive()
    started = False
    try:
        async with running() as state:
            if "state" in scope:
                scope["state"].update(state)
            await send({"type": "lifespan.startup.complete"})
            started = True
            await receive()
    except Exception as error:
        if started:
            _LOGGER.exception("the shutdown failed")
            await send({"type": "lifespan.shutdown.failed", "message": _message(error)})
        else:
            _LOGGER.debug("the start failed", exc_info=True)
            await send({"type": "lifespan.startup.failed", "message": _message(error)})
        return
    await send({"type": "lifespan.shutdown.complete"})


def _message(error: Exception) -> str:
    known = isinstance(error, FluxlitError) or type(error).__module__.startswith("fluxlit")
    return str(error) if known else f"{type(error).__name__}: {error}"
