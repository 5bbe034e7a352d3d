"""Which headers of an upstream's answer the browser gets."""

from collections.abc import Iterable

from fluxlit_gateway.asgi import HeaderPairs
from fluxlit_gateway.headers.header_filter import HOP_BY_HOP, connection_nominated

__all__ = ("response_headers",)

# The ASGI server in front adds its own ``date`` and ``server``; the upstream's would double them.
_NOT_PASSED_ON = HOP_BY_HOP | {b"date", b"server", b"x-request-id"}


def response_headers(
    raw: Iterable[tuple[bytes, bytes]], request_id: bytes, *, is_cross_origin: bool = False
) -> HeaderPairs:
    """Return the headers to send, with lower-case names as ASGI wants them, repeated ones and their order kept.

    Args:
        raw: Header pairs as the upstream sent them.
        request_id: Told to the browser, so that a user's report can be found in the logs.
        is_cross_origin: Whether a page of an origin that is not allowed asks. It gets no ``Access-Control-*`` header,
            so that the browser keeps the answer from it: Streamlit says ``*`` when it runs behind a gateway.
    """
    pairs = [(name.lower(), value) for name, value in raw]
    dropped = _NOT_PASSED_ON
    nominated = [value for name, value in pairs if name == b"connection"]
    if nominated:
        dropped = dropped | connection_nominated(nominated)
    kept = [pair for pair in pairs if pair[0] not in dropped]
    if is_cross_origin:
        kept = [pair for pair in kept if not pair[0].startswith(b"access-control-")]
    kept.append((b"x-request-id", request_id))
    return kept
