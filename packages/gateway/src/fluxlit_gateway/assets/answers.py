"""The answers to a request for a file, as ASGI messages."""

from fluxlit_gateway.asgi import HeaderPairs, Send
from fluxlit_gateway.assets.accept_encoding import Encoding
from fluxlit_gateway.assets.conditions import ByteRange
from fluxlit_gateway.assets.inventory import Asset
from fluxlit_gateway.assets.representations import Representation

__all__ = ("send_bodiless", "send_not_modified", "send_range", "send_whole")

# As Streamlit sends: STATIC_ASSET_CACHE_MAX_AGE_SECONDS of its starlette_server_config.py is a year.
_CACHE_CONTROL = b"public, immutable, max-age=31536000"
# The server waits for a slow client after each piece, so that a few bytes are pending for it, not the whole file.
_PIECE_BYTES = 128 * 1024


async def send_whole(send: Send, asset: Asset, representation: Representation, *, head: bool) -> None:
    """200, without the body for HEAD."""
    headers = [
        *_common_headers(asset, representation),
        *_content_headers(asset, representation.encoding),
        (b"content-length", str(len(representation.body)).encode()),
    ]
    await _send(send, 200, headers, body=b"" if head else representation.body)


async def send_not_modified(send: Send, asset: Asset, representation: Representation) -> None:
    """304, with the fields that RFC 9110 section 15.4.5 asks for."""
    await _send(send, 304, _common_headers(asset, representation), body=b"")


async def send_range(send: Send, asset: Asset, plain: Representation, *, wanted: ByteRange) -> None:
    """206, or 416 when there is no such part."""
    size = len(plain.body)
    if not wanted.satisfiable:
        await send_bodiless(send, 416, [(b"content-range", f"bytes */{size}".encode())])
        return
    part = plain.body[wanted.first : wanted.last + 1]
    headers = [
        *_common_headers(asset, plain),
        *_content_headers(asset, "identity"),
        (b"content-range", f"bytes {wanted.first}-{wanted.last}/{size}".encode()),
        (b"content-length", str(len(part)).encode()),
    ]
    await _send(send, 206, headers, body=part)


async def send_bodiless(send: Send, status: int, headers: HeaderPairs) -> None:
    """An answer that says all in its status and headers."""
    await _send(send, status, [*headers, (b"content-length", b"0")], body=b"")


def _common_headers(asset: Asset, representation: Representation) -> HeaderPairs:
    headers = [
        (b"cache-control", _CACHE_CONTROL if asset.lasting else b"no-cache"),
        (b"etag", representation.etag.encode()),
        (b"vary", b"Accept-Encoding"),
    ]
    if asset.last_modified is not None:
        headers.append((b"last-modified", asset.last_modified.encode()))
    return headers


def _content_headers(asset: Asset, encoding: Encoding) -> HeaderPairs:
    media_type = (b"content-type", asset.media_type.encode())
    if encoding == "identity":
        return [media_type, (b"accept-ranges", b"bytes")]
    return [media_type, (b"content-encoding", encoding.encode())]


async def _send(send: Send, status: int, headers: HeaderPairs, *, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for start in range(0, max(len(body), 1), _PIECE_BYTES):
        piece = body[start : start + _PIECE_BYTES]
        await send({"type": "http.response.body", "body": piece, "more_body": start + _PIECE_BYTES < len(body)})
