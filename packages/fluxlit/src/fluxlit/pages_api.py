"""How pages reach the API: over a private socket from a sidecar, by calls within the process in the native runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from fluxlit.internal_api import InternalApi
from fluxlit.native_api import NativeApi
from fluxlit_client import unix_base_url

if TYPE_CHECKING:
    import socket
    from collections.abc import MutableMapping
    from pathlib import Path

    from starlette.types import ASGIApp

__all__ = ("PagesApi", "pages_api")


class PagesApi(Protocol):
    """What the stack needs of either."""

    async def start(self, listener: socket.socket | None = None) -> None:
        """Serve the API to pages, on `listener` where there is one already."""
        ...

    async def stop(self) -> None:
        """End it; safe to call twice, or before `start`."""
        ...


def pages_api(
    runtime: Literal["sidecar", "native"], api: ASGIApp, *, path: Path, prefix: str, state: MutableMapping[str, Any]
) -> PagesApi:
    """The API for the pages of a runtime.

    Args:
        runtime: As in the settings.
        api: The application.
        path: The socket that the pages' base URL names; in the native runtime there is none, and the name is kept.
        prefix: The API prefix, such as `/api`.
        state: The API's lifespan state.
    """
    if runtime == "native":
        return NativeApi(api, base_url=unix_base_url(str(path), prefix=prefix), prefix=prefix, state=state)
    return InternalApi(api, path=path, prefix=prefix, state=state)
