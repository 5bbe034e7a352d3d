"""The layers of one gateway, from the application's protection and its sessions, and what runs beside them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from fluxlit.browser_sessions import SessionOwner, browser_sessions
from fluxlit.protection import Protection

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from fluxlit_auth.guard.revocations import SocketCloser
    from fluxlit_gateway import GatewayOptions
    from fluxlit_gateway.layers import Layer

__all__ = ("GatewayLayers",)


class GatewayLayers:
    """The layers of a gateway.

    Args:
        owner: The application.
        options: Of the gateway.

    Attributes:
        layers: The outermost first.
    """

    def __init__(self, owner: SessionOwner, options: GatewayOptions) -> None:
        self._protection = Protection(owner)
        self._browsers = browser_sessions(owner, options)
        own = () if self._browsers is None else (self._browsers.layer,)
        self.layers: Sequence[Layer] = (*self._protection.layers, *own)

    @contextlib.asynccontextmanager
    async def running(self, close_sockets: SocketCloser) -> AsyncGenerator[None]:
        """Refresh logins, and close the sockets of logins and sessions that have ended, while the block runs."""
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(self._protection.running(close_sockets))
            if self._browsers is not None:
                await stack.enter_async_context(self._browsers.running(close_sockets))
            yield
