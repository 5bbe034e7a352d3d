"""The largest request body that may go to the UI, whichever way it goes there."""

from dataclasses import dataclass
from typing import Self

from fluxlit_gateway.errors import BodyTooLargeError
from fluxlit_gateway.options import GatewayOptions

__all__ = ("BodyLimit",)


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """A limit, and what it is called by those who may change it."""

    size: int
    """In bytes, inclusive; 0 for none."""
    setting: str
    """Named to whoever sends more."""

    @classmethod
    def of(cls, options: GatewayOptions) -> Self:
        """The limit of a gateway."""
        return cls(options.max_proxy_body_bytes, options.max_proxy_body_setting)

    def check(self, size: int) -> None:
        """Let a body of this size pass.

        Args:
            size: In bytes, announced or read so far.

        Raises:
            BodyTooLargeError: It is over the limit; the message names the setting.
        """
        if self.size and size > self.size:
            raise BodyTooLargeError(
                f"the request body is larger than {self.size} bytes; {self.setting} is the limit to raise"
            )
