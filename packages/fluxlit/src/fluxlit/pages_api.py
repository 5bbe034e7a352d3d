"""How pages reach the API: over a private socket from a sidecar, by calls within the process in the native runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

from fluxlit.internal_api import InternalApi
from fluxlit.native_api import NativeApi
from fluxlit_sidecar.child import SecretGate

if TYPE_CHECKING:
    import socket
    from collections.abc import MutableMapping

    from starlette.types import ASGIApp

    from fluxlit.internal_address import InternalAddress

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
    runtime: Literal["sidecar", "native"],
    api: ASGIApp,
    *,
    address: InternalAddress,
    prefix: str,
    state: MutableMapping[str, Any],
) -> PagesApi:
    """The API for the pages of a runtime.

    Args:
        runtime: As in the settings.
        api: The application.
        address: What the pages have been told; in the native runtime it is a name, and nothing is bound to it.
        prefix: The API prefix, such as `/api`.
        state: The API's lifespan state.
    """
    if runtime == "native":
        return NativeApi(api, base_url=address.base_url, prefix=prefix, state=state)
    guarded = SecretGate(api, secret=address.secret) if address.secret else api
    return InternalApi(guarded, path=address.path, prefix=prefix, state=state)
