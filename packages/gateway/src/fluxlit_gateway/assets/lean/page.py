"""The page that names the part of a font in place of the whole.

Only Streamlit's own index.html is touched: an answer is known to be it by its `ETag`, which is made from date and size
of the file that lies in this environment. All other answers, parts of the page and other codings pass as they are.
"""

from collections.abc import Iterable
from typing import NamedTuple, Self

from fluxlit_gateway.asgi import HeaderPairs, Message, Scope, Send
from fluxlit_gateway.assets.lean.names import digest_of

__all__ = ("LeanPage",)

_OK, _NOT_MODIFIED = 200, 304


class LeanPage(NamedTuple):
    """What becomes of the page.

    Attributes:
        plain_tag: Its `ETag`.
        tag: That of the changed page.
        names: What is named in it, and what is to be named instead; each as long as the other.
    """

    plain_tag: bytes
    tag: bytes
    names: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, etag: str, names: Iterable[tuple[bytes, bytes]]) -> Self:
        """The change for a page with this tag; the changed page's tag says by which names."""
        names = tuple(names)
        digest = digest_of(b" ".join(name for pair in names for name in pair))
        return cls(etag.encode(), f'{etag[:-1]}{digest}"'.encode(), names)

    def changed(self, body: bytes) -> bytes:
        """The page with the other names."""
        for plain, name in self.names:
            body = body.replace(plain, name)
        return body

    def serve(self, scope: Scope, send: Send) -> Send:
        """Prepare a request for what may be the page.

        Args:
            scope: The request; the tag of a changed page that a browser holds becomes the plain one, so that the
                upstream knows it.
            send: Where the answer goes.

        Returns:
            What the upstream's answer is to be sent to.
        """
        # Whoever has the plain page gets the changed one, or would go on with the plain one for ever.
        scope["headers"] = [self._known_upstream(pair) for pair in scope["headers"]]
        return _Sender(self, send)

    def _known_upstream(self, pair: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        name, value = pair
        if name != b"if-none-match":
            return pair
        return name, value.replace(self.plain_tag, b'"-"').replace(self.tag, self.plain_tag)


class _Sender:
    """Sends one answer; the changed page at once, when all of it is there: it has some kilobytes."""

    def __init__(self, page: LeanPage, send: Send) -> None:
        self._page = page
        self._send = send
        self._body: list[bytes] | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._send(self._start(message))
        elif self._body is None or message["type"] != "http.response.body":
            await self._send(message)
        else:
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send({"type": "http.response.body", "body": self._page.changed(b"".join(self._body))})

    def _start(self, message: Message) -> Message:
        headers: HeaderPairs = message.get("headers", [])
        named = dict(headers)
        coded = b"content-encoding" in named
        if message["status"] not in {_OK, _NOT_MODIFIED} or coded or named.get(b"etag") != self._page.plain_tag:
            return message
        if message["status"] == _OK:
            self._body = []
        # A date would fit the plain page as well, and so would a part of it.
        changed = [pair for pair in headers if pair[0] not in {b"last-modified", b"etag", b"accept-ranges"}]
        return {**message, "headers": [*changed, (b"etag", self._page.tag)]}
