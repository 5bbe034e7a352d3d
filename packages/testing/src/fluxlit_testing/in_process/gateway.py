"""The gateway under test: the application's own, without its UI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from fluxlit_auth import remember_peer
from fluxlit_gateway import GatewayOptions, build_gateway
from fluxlit_testing.in_process.recognition import recognising

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from fluxlit_auth import User
    from fluxlit_testing.application import AppWithApi

__all__ = ("NO_UPSTREAM", "GatewayMaker", "TrustedProxies", "gateway_of")

# Nobody listens on the discard port: what is not the API answers 502, as behind a gateway whose UI is down.
NO_UPSTREAM = "http://127.0.0.1:9"


class TrustedProxies(Protocol):
    """What takes the word of proxies in front of the application."""

    def settle(self, scope: Scope) -> Scope:
        """The connection as the visitor made it."""
        ...


@runtime_checkable
class GatewayMaker(Protocol):
    """What makes the gateway of an application: `FluxLit.stack` is one."""

    @property
    def proxies(self) -> TrustedProxies | None:
        """The proxies that are believed; `None` for nobody."""
        ...

    def gateway_for(self, upstream: str, *, api_prefix: str, root_mount: str) -> ASGIApp:
        """A gateway as the application is served by: its checks, its guard and its options, and another upstream."""
        ...


def gateway_of(app: AppWithApi, *, api_prefix: str, root_mount: str, user: User | None = None) -> ASGIApp:
    """A gateway in front of the application's API, whose UI is down; to its guard every request is `user`'s."""
    maker = getattr(app, "stack", None)
    if not isinstance(maker, GatewayMaker):
        options = GatewayOptions(api_prefix=api_prefix, root_mount=root_mount)
        return build_gateway(api=app.api, upstream=NO_UPSTREAM, options=options)
    with recognising(getattr(app, "guard_plan", None), user):
        gateway = maker.gateway_for(NO_UPSTREAM, api_prefix=api_prefix, root_mount=root_mount)
    proxies = maker.proxies

    async def entrance(scope: Scope, receive: Receive, send: Send) -> None:
        # As the application's own entrance does, before the gateway drops forwarding headers.
        if scope["type"] != "lifespan":
            remember_peer(scope)
            scope = scope if proxies is None else proxies.settle(scope)
        await gateway(scope, receive, send)

    return entrance
