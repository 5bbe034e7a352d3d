"""The blocking client: what Streamlit pages and scripts call an API with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from fluxlit_client.blocking.endpoint_calls import EndpointCalls
from fluxlit_client.blocking.streams import Streams
from fluxlit_client.blocking.transfers import Transfers

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ("ApiClient",)


class ApiClient(EndpointCalls, Streams, Transfers):
    """Calls an API, from any thread, over connections that the whole process shares.

    Building one costs microseconds and opens nothing, so a page may build one in every run. See `ClientBase` for the
    arguments.

    Example:
        ```python
        client = ApiClient("https://api.example.com/v1", timeout=10)
        users = client.get_model("/users", list[User], params={"team": 3})
        ```
    """

    def close(self) -> None:
        """Refuse further requests. Connections belong to the process and stay open for other clients."""
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
