"""HTTP requests to the targets of an upstream.

Lifecycle: a pool of connections per address, made when first needed; pools of addresses that no target has any more
are closed by ``forget_all_but``, the rest by ``close``.
"""

from collections.abc import Collection

from fluxlit_gateway.asgi import HeaderPairs, Receive, Send
from fluxlit_gateway.errors import ProxyError, UpstreamBusyError
from fluxlit_gateway.http_proxy.exchange import HttpExchange
from fluxlit_gateway.http_proxy.pool import ConnectionPool
from fluxlit_gateway.http_proxy.upload import ClientGoneError
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.routing.request_context import RequestContext
from fluxlit_gateway.upstream.addresses import parse_address
from fluxlit_gateway.upstream.protocols import UpstreamTarget

__all__ = ("HttpProxy",)


class HttpProxy:
    """Passes requests on, within the limits of the options.

    Args:
        options: Limits, timeouts and the allow-list of headers.
    """

    def __init__(self, options: GatewayOptions) -> None:
        self._options = options
        self._allowed = frozenset(name.encode("latin-1") for name in options.forward_client_headers_http)
        self._pools: dict[str, ConnectionPool] = {}
        self.active = 0

    async def serve(
        self, context: RequestContext, target: UpstreamTarget, extra: HeaderPairs, *, receive: Receive, send: Send
    ) -> None:
        """Answer the request from the target.

        Args:
            context: The request.
            target: Who to ask.
            extra: Headers to add to the answer.
            receive: The ASGI ``receive``.
            send: The ASGI ``send``.

        Raises:
            ProxyError: There is no answer; nothing was sent yet.
        """
        limit = self._options.max_concurrent_upstream_http
        if limit and self.active >= limit:
            raise UpstreamBusyError(f"{limit} requests to the UI are in progress (max_concurrent_upstream_http)")
        exchange = HttpExchange(context, self._pool(target.address), self._options, receive=receive, send=send)
        self.active += 1
        try:
            await exchange.run(target.headers, self._allowed, extra)
        except ClientGoneError:
            context.problem = "client left"
        except ProxyError as error:
            if not exchange.started:
                raise
            # The answer is under way: leaving it unfinished makes the server close the connection, which is the only
            # way left to tell the client that something is missing.
            context.problem = str(error)
        finally:
            self.active -= 1

    def knows(self, address: str) -> bool:
        """Tell whether this address was asked before."""
        return address in self._pools

    def forget_all_but(self, addresses: Collection[str]) -> None:
        """Close the idle connections to addresses that are gone."""
        for address in self._pools.keys() - set(addresses):
            self._pools.pop(address).close()

    def close(self) -> None:
        """Close all idle connections; busy ones are closed when their exchange ends."""
        self.forget_all_but(())

    def _pool(self, address: str) -> ConnectionPool:
        pool = self._pools.get(address)
        if pool is None:
            options = self._options
            pool = self._pools[address] = ConnectionPool(
                parse_address(address),
                connect_timeout=options.connect_timeout,
                max_connections=options.max_connections,
                max_idle=options.max_keepalive_connections,
            )
        return pool
