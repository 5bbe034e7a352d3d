"""Where the API's documentation really is, for those who look for it at the root."""

from fluxlit_gateway.answers.responses import send_bytes
from fluxlit_gateway.asgi import Scope, Send

__all__ = ("DOCS_PATHS", "send_docs_redirect")

DOCS_PATHS = {
    "/docs": "/docs",
    "/docs/": "/docs",
    "/redoc": "/redoc",
    "/redoc/": "/redoc",
    "/openapi.json": "/openapi.json",
}


async def send_docs_redirect(scope: Scope, send: Send, *, base: str, path: str) -> None:
    """Answer with 307 to the same document of the API.

    Args:
        scope: The request.
        send: The ASGI ``send``.
        base: Public mount and API prefix.
        path: A key of ``DOCS_PATHS``.
    """
    location = (base + DOCS_PATHS[path]).encode("utf-8")
    await send_bytes(
        scope, send, status=307, body=b"", content_type=b"text/plain; charset=utf-8", headers=[(b"location", location)]
    )
