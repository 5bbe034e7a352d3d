"""The asynchronous client: for async page functions, and everything else that runs in an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from fluxlit_client.asynchronous.endpoint_calls import AsyncEndpointCalls
from fluxlit_client.asynchronous.streams import AsyncStreams
from fluxlit_client.asynchronous.transfers import AsyncTransfers

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ("AsyncApiClient",)


class AsyncApiClient(AsyncEndpointCalls, AsyncStreams, AsyncTransfers):
    """Calls an API over connections that all clients of an asyncio event loop share.

    Not tied to a loop itself: one client can serve one loop after another, and several at once.

    Building one costs microseconds and opens nothing, so a page may build one in every run. See `ClientBase` for the
    arguments.

    Example:
        ```python
        client = AsyncApiClient("https://api.example.com/v1", timeout=10)
        users = await client.get_model("/users", list[User], params={"team": 3})
        ```
    """

    async def aclose(self) -> None:
        """Refuse further requests. Connections belong to the event loop and stay open for other clients."""
        self._closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
