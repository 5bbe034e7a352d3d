"""What a request for a file says about the form in which it wants it."""

from typing import NamedTuple, Self

from fluxlit_gateway.asgi import Scope
from fluxlit_gateway.assets.accept_encoding import choose_encoding
from fluxlit_gateway.assets.conditions import ByteRange, parse_range, range_still_applies
from fluxlit_gateway.assets.inventory import Asset

__all__ = ("RequestFields",)


class RequestFields(NamedTuple):
    """The header fields that matter here; None where there is none, several of one name joined by commas.

    Attributes:
        accept_encoding: Of the codings that the client decodes.
        byte_range: The `Range`.
        if_range: Of which form the client has a part.
        if_none_match: Of which forms the client has the whole.
        if_modified_since: Since when it has it.
    """

    accept_encoding: str | None
    byte_range: str | None
    if_range: str | None
    if_none_match: str | None
    if_modified_since: str | None

    @classmethod
    def of(cls, scope: Scope) -> Self:
        """Read them from an ASGI scope."""
        fields: dict[bytes, str] = {}
        for name, value in scope["headers"]:
            if name in _NAMES:
                text: str = value.decode("latin-1")
                fields[name] = f"{fields[name]},{text}" if name in fields else text
        return cls(*(fields.get(name) for name in _NAMES))

    def wanted_range(self, asset: Asset) -> ByteRange | None:
        """The range to send; None for the whole file.

        Ranges are of the plain bytes; a client that excludes those gets the whole coded form, as does one whose partial
        copy is of another form (RFC 9110 section 14.2 lets a server ignore `Range`).
        """
        if self.byte_range is None or choose_encoding(self.accept_encoding, compressible=False) != "identity":
            return None
        if not range_still_applies(self.if_range, etag=asset.etag, last_modified=asset.last_modified):
            return None
        return parse_range(self.byte_range, asset.size)


# In the order of the fields above.
_NAMES = (b"accept-encoding", b"range", b"if-range", b"if-none-match", b"if-modified-since")
