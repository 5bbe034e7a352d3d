"""Headers and cookies of the browser's request, as page parameters see them.

A mapping set here (by trusted code or a test, in the current context) wins over what Streamlit saw on the WebSocket
handshake (``st.context``). Every setter returns a token for its reset, as context variables do.
"""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = (
    "cookie_value",
    "header_value",
    "reset_page_cookie_context",
    "reset_page_header_context",
    "set_page_cookie_context",
    "set_page_header_context",
)

_headers: ContextVar[Mapping[str, str] | None] = ContextVar("fluxlit_page_headers", default=None)
_cookies: ContextVar[Mapping[str, str] | None] = ContextVar("fluxlit_page_cookies", default=None)


def set_page_header_context(headers: Mapping[str, str]) -> Token[Mapping[str, str] | None]:
    """Provide headers to the pages that run in this context."""
    return _headers.set(_folded(headers))


def reset_page_header_context(token: Token[Mapping[str, str] | None]) -> None:
    """Undo `set_page_header_context`."""
    _headers.reset(token)


def set_page_cookie_context(cookies: Mapping[str, str]) -> Token[Mapping[str, str] | None]:
    """Provide cookies to the pages that run in this context."""
    return _cookies.set(_folded(cookies))


def reset_page_cookie_context(token: Token[Mapping[str, str] | None]) -> None:
    """Undo `set_page_cookie_context`."""
    _cookies.reset(token)


def header_value(st: Any, name: str) -> str | None:
    """A header by its name in lower case."""
    return _value(_headers.get(), getattr(getattr(st, "context", None), "headers", None), name)


def cookie_value(st: Any, name: str) -> str | None:
    """A cookie by its name in lower case."""
    return _value(_cookies.get(), getattr(getattr(st, "context", None), "cookies", None), name)


def _value(provided: Mapping[str, str] | None, seen: Any, name: str) -> str | None:
    if provided is not None and name in provided:
        return provided[name]
    if seen is None:
        return None
    direct: str | None = seen.get(name)
    if direct is not None:
        return direct
    # st.context.headers ignores case; its cookies and the plain dicts of tests do not.
    return next((value for key, value in seen.items() if key.lower() == name), None)


def _folded(values: Mapping[str, str]) -> Mapping[str, str]:
    return {key.lower(): value for key, value in values.items()}
