"""The request's way up: the body, piece by piece, and then the watch for a client that leaves.

One task per request with a body owns ``receive``. Whatever ends the exchange early (the client left, the body is too
large, the upstream does not read) is noted in ``error`` and the exchange's own task is cancelled, which closes the
upstream connection before the end of the body was announced: a broken upload never looks complete.
"""

import asyncio
from typing import Self

from fluxlit_gateway.asgi import Receive
from fluxlit_gateway.body_limit import BodyLimit
from fluxlit_gateway.errors import GatewayError, ProxyError
from fluxlit_gateway.http_proxy.connection import UpstreamConnection

__all__ = ("ClientGoneError", "Interruption")

# RFC 9110, section 10.1.1: a client must not wait for 100 (Continue) for ever; some servers never send it.
_CONTINUE_WAIT_S = 1.0
# A request without a body is watched for a leaving client only once it takes this long; most are over before.
_WATCH_AFTER_S = 0.05


class ClientGoneError(GatewayError):
    """The client closed its connection; there is nobody to answer."""


class Interruption:
    """Cancels the task of an exchange for a reason, and turns that cancellation into the reason.

    Used as a context manager around the exchange, as ``asyncio.timeout`` is.

    Args:
        receive: The ASGI ``receive`` of the request.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._reason: GatewayError | None = None
        self._helper: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.upload_complete = True

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("an exchange runs in a task")
        self._task = task
        self._cancelling = task.cancelling()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._helper is not None:
            self._helper.cancel()
        if self._reason is None:
            return
        if self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise self._reason from error

    def watch_later(self) -> None:
        """Begin to watch for a leaving client if the exchange has not ended soon."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_WATCH_AFTER_S, self._start_watch)

    def upload(self, connection: UpstreamConnection, *, chunked: bool, limit: BodyLimit, write_timeout: float) -> None:
        """Begin to pass the body on, then watch for a leaving client.

        Args:
            connection: Where to write.
            chunked: Whether the body's length is unknown and it is framed in chunks.
            limit: Of the body.
            write_timeout: Seconds that the upstream may leave the socket full; 0 for ever.
        """
        self.upload_complete = False
        coroutine = self._upload(connection, chunked=chunked, limit=limit, write_timeout=write_timeout)
        self._helper = asyncio.get_running_loop().create_task(coroutine)

    def _interrupt(self, reason: GatewayError) -> None:
        self._reason = reason
        self._task.cancel()

    def _start_watch(self) -> None:
        self._helper = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._interrupt(ClientGoneError("the client closed its connection"))

    async def _upload(
        self, connection: UpstreamConnection, *, chunked: bool, limit: BodyLimit, write_timeout: float
    ) -> None:
        if connection.continue_received is not None:
            try:
                async with asyncio.timeout(_CONTINUE_WAIT_S):
                    await connection.continue_received.wait()
            except TimeoutError:
                pass
        try:
            await self._pump(connection, chunked=chunked, limit=limit, write_timeout=write_timeout)
        except (ProxyError, ClientGoneError) as error:
            self._interrupt(error)
            return
        except OSError:
            # The upstream closed while we wrote. It may have answered before; the reading side will tell.
            return
        self.upload_complete = True
        connection.start_timeout()
        await self._watch()

    async def _pump(
        self, connection: UpstreamConnection, *, chunked: bool, limit: BodyLimit, write_timeout: float
    ) -> None:
        size, more = 0, True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError("the client left in the middle of its request")
            body: bytes = message.get("body", b"")
            more = message.get("more_body", False)
            size += len(body)
            limit.check(size)
            if body:
                connection.write(b"%x\r\n%b\r\n" % (len(body), body) if chunked else body)
                await connection.drain(write_timeout)
        if chunked:
            connection.write(b"0\r\n\r\n")
