"""The gateway under test: the application's own, without its UI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from fluxlit_gateway import GatewayOptions, build_gateway

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from fluxlit_testing.application import AppWithApi

__all__ = ("NO_UPSTREAM", "GatewayMaker", "gateway_of")

# Nobody listens on the discard port: what is not the API answers 502, as behind a gateway whose UI is down.
NO_UPSTREAM = "http://127.0.0.1:9"


@runtime_checkable
class GatewayMaker(Protocol):
    """What makes the gateway of an application: `FluxLit.stack` is one."""

    def gateway_for(self, upstream: str, *, api_prefix: str, root_mount: str) -> ASGIApp:
        """A gateway as the application is served by: its checks, its guard and its options, and another upstream."""
        ...


def gateway_of(app: AppWithApi, *, api_prefix: str, root_mount: str) -> ASGIApp:
    """A gateway in front of the application's API, whose UI is down."""
    maker = getattr(app, "stack", None)
    if isinstance(maker, GatewayMaker):
        return maker.gateway_for(NO_UPSTREAM, api_prefix=api_prefix, root_mount=root_mount)
    options = GatewayOptions(api_prefix=api_prefix, root_mount=root_mount)
    return build_gateway(api=app.api, upstream=NO_UPSTREAM, options=options)
