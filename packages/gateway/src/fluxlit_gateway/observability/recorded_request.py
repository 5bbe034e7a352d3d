"""What the log, the metrics and the debug page want to know of a request that is over."""

from typing import Protocol

from fluxlit_gateway.asgi import Scope

__all__ = ("RecordedRequest",)


class RecordedRequest(Protocol):
    """Met by ``RequestContext``, where the attributes are described."""

    @property
    def scope(self) -> Scope:
        """The server's scope."""
        ...

    @property
    def request_id(self) -> bytes:
        """The request's id."""
        ...

    @property
    def dispatch(self) -> str:
        """Who answered."""
        ...

    @property
    def status(self) -> int:
        """The status of the answer."""
        ...

    @property
    def passed_layers(self) -> bool:
        """Whether no layer has answered it."""
        ...

    @property
    def problem(self) -> str:
        """What went wrong."""
        ...
