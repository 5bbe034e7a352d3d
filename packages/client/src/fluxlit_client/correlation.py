"""The request id of the run or request that is being served, and the header that carries it.

The id lives in a context variable: set it at the start of a page run or a request, reset it at the end. Clients built
with ``propagate_request_id=True`` send it, so that one id joins the lines that gateway, API and page write.
"""

from __future__ import annotations

import uuid
from contextvars import ContextVar, Token

__all__ = (
    "REQUEST_ID_HEADER",
    "get_request_id",
    "new_request_id",
    "request_id_ctx",
    "reset_request_id",
    "set_request_id",
)

REQUEST_ID_HEADER = "x-request-id"
"""Name of the header, in lower case as ASGI spells header names."""

request_id_ctx: ContextVar[str | None] = ContextVar("fluxlit_request_id", default=None)
"""The context variable itself, for code that copies contexts. ``None`` while there is no id."""


def new_request_id() -> str:
    """A fresh id: a random UUID in its usual 36 characters."""
    return str(uuid.uuid4())


def get_request_id() -> str | None:
    """The id of the current context, or ``None``."""
    return request_id_ctx.get()


def set_request_id(request_id: str | None) -> Token[str | None]:
    """Set the id of the current context.

    Returns:
        What `reset_request_id` takes to restore the id from before.
    """
    return request_id_ctx.set(request_id)


def reset_request_id(token: Token[str | None]) -> None:
    """Restore the id that was current before the `set_request_id` that returned ``token``."""
    request_id_ctx.reset(token)
