"""Putting a gateway together."""

from collections.abc import Sequence

from fluxlit_gateway.asgi import ASGIApp
from fluxlit_gateway.gateway import Gateway
from fluxlit_gateway.layers import Layer
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.upstream.addresses import parse_address
from fluxlit_gateway.upstream.protocols import Upstream
from fluxlit_gateway.upstream.static import NoUpstream, StaticUpstream

__all__ = ("build_gateway",)


def build_gateway(
    *,
    api: ASGIApp,
    upstream: Upstream | str | None,
    options: GatewayOptions | None = None,
    layers: Sequence[Layer] = (),
) -> Gateway:
    """Return the ASGI application that serves an API and a UI on one port.

    Args:
        api: Any ASGI application. It is called with full paths and ``root_path`` set to mount and prefix.
        upstream: Who serves everything else: ``"http://127.0.0.1:9000"``, ``"unix:/run/ui.sock"``, an ``Upstream``,
            an ``AppUpstream`` around an ASGI application, or ``None`` for no UI.
        options: Settings; the defaults when not given.
        layers: ASGI middleware that sees each request which was let in, before anybody answers it; the first is the
            outermost. It finds ``request_id`` and ``upstream_headers`` in ``scope["state"]``.

    Raises:
        GatewayConfigurationError: The address cannot be used.

    Example:
        gateway = build_gateway(api=my_api, upstream="http://127.0.0.1:8501")
    """
    if isinstance(upstream, str):
        parse_address(upstream)
        upstream = StaticUpstream(upstream)
    return Gateway(api, upstream if upstream is not None else NoUpstream(), options or GatewayOptions(), layers=layers)
