"""One HTTP exchange: the browser's request up, the upstream's answer down, nothing held back or kept.

An upstream that breaks before its answer began becomes a ``ProxyError``; one that breaks in the middle of it leaves the
response unfinished, so that the server closes the client's connection and the client sees that something is missing.
"""

import asyncio
from collections.abc import Mapping

from aiohttp import ClientError
from aiohttp.http_exceptions import HttpProcessingError

from fluxlit_gateway.asgi import HeaderPairs, Receive, Send
from fluxlit_gateway.body_limit import BodyLimit
from fluxlit_gateway.errors import UpstreamBrokenError, UpstreamTimeoutError
from fluxlit_gateway.headers.request_head import forwarded_headers, request_head
from fluxlit_gateway.headers.response_head import response_headers
from fluxlit_gateway.http_proxy.connection import UpstreamConnection, UpstreamResponse
from fluxlit_gateway.http_proxy.pool import ConnectionPool
from fluxlit_gateway.http_proxy.upload import Interruption
from fluxlit_gateway.options import GatewayOptions
from fluxlit_gateway.routing.request_context import RequestContext

__all__ = ("HttpExchange",)

# RFC 9110, section 9.2.2. A connection that closes under such a request is not the request's fault: it is sent again.
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})


class HttpExchange:
    """One request and its answer.

    Args:
        context: The request.
        pool: Connections to the chosen target.
        options: Limits and timeouts.
        receive: The ASGI ``receive``.
        send: The ASGI ``send``.
    """

    def __init__(
        self, context: RequestContext, pool: ConnectionPool, options: GatewayOptions, *, receive: Receive, send: Send
    ) -> None:
        self._context = context
        self._pool = pool
        self._options = options
        self._receive = receive
        self._send = send
        self._method: str = context.scope["method"]
        self.started = False

    async def run(self, private_headers: Mapping[str, str], allowed: frozenset[bytes], extra: HeaderPairs) -> None:
        """Do the exchange.

        Args:
            private_headers: Headers of the private hop.
            allowed: Client headers to pass on although they are dropped by default.
            extra: Headers to add to the answer.

        Raises:
            ProxyError: The upstream failed before its answer began.
            ClientGoneError: The client left.
        """
        has_body, framing = self._framing()
        own = forwarded_headers(self._context, private_headers)
        own.extend(framing)
        head = request_head(self._context, method=self._method, own=own, allowed=allowed)
        with Interruption(self._receive) as interruption:
            if not has_body:
                interruption.watch_later()
            may_retry = not has_body and self._method in _IDEMPOTENT
            connection, response = await self._open(head, interruption, framing=framing, may_retry=may_retry)
            reusable = False
            try:
                await self._relay(connection, response, extra)
                reusable = interruption.upload_complete
            finally:
                self._pool.release(connection, reusable=reusable)

    def _framing(self) -> tuple[bool, HeaderPairs]:
        headers = self._context.headers
        length = headers.get(b"content-length")
        if b"transfer-encoding" in headers:
            framing = [(b"transfer-encoding", b"chunked")]
        elif length is None:
            return False, []
        elif not length.isdigit() or not int(length):
            return False, [(b"content-length", b"0")]
        else:
            BodyLimit.of(self._options).check(int(length))
            framing = [(b"content-length", length)]
        if headers.get(b"expect", b"").lower() == b"100-continue":
            framing.append((b"expect", b"100-continue"))
        return True, framing

    async def _open(
        self, head: bytes, interruption: Interruption, *, framing: HeaderPairs, may_retry: bool
    ) -> tuple[UpstreamConnection, UpstreamResponse]:
        connection = await self._pool.acquire()
        while True:
            response: UpstreamResponse | None = None
            try:
                self._ask(connection, head, interruption, framing=framing)
                response = await connection.response()
            except (ClientError, OSError, HttpProcessingError) as exc:
                if isinstance(exc, TimeoutError):
                    raise UpstreamTimeoutError("the upstream did not answer in time") from exc
                if not (may_retry and connection.is_reused):
                    raise UpstreamBrokenError("the upstream closed the connection or sent no valid HTTP") from exc
            else:
                return connection, response
            finally:
                if response is None:
                    self._pool.release(connection, reusable=False)
            connection = await self._pool.acquire(fresh=True)

    def _ask(
        self, connection: UpstreamConnection, head: bytes, interruption: Interruption, *, framing: HeaderPairs
    ) -> None:
        read_timeout = self._options.read_timeout
        connection.begin(head, is_head=self._method == "HEAD", read_timeout=read_timeout)
        if framing and framing[0][1] != b"0":
            connection.continue_received = asyncio.Event() if len(framing) > 1 else None
            interruption.upload(
                connection,
                chunked=framing[0][0] == b"transfer-encoding",
                limit=BodyLimit.of(self._options),
                write_timeout=read_timeout,
            )
        else:
            connection.start_timeout()

    async def _relay(self, connection: UpstreamConnection, response: UpstreamResponse, extra: HeaderPairs) -> None:
        context, send, body = self._context, self._send, response.body
        headers = response_headers(response.headers, context.request_id, is_cross_origin=context.is_cross_origin)
        headers.extend(extra)
        security = self._options.ui_security_headers
        if security is not None:
            headers += security.missing_from(headers, scheme=context.scope.get("scheme", "http"))
        context.status = response.status
        self.started = True
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        while True:
            try:
                chunk = await body.readany()
            except (ClientError, OSError) as exc:
                raise UpstreamBrokenError("the upstream broke off in the middle of its answer") from exc
            last = body.at_eof()
            if last and connection.exception() is not None:
                # A reset ends a body without a length as a proper close would; the connection knows better.
                raise UpstreamBrokenError("the upstream reset the connection in the middle of its answer")
            await send({"type": "http.response.body", "body": chunk, "more_body": not last})
            if last:
                return
