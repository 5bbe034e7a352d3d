"""The user of a run, as the gateway has told the page's process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fluxlit_auth.identity.user_header import USER_HEADER, decode_user
from fluxlit_pages.di.request_context import header_value

if TYPE_CHECKING:
    from fluxlit_auth import User

__all__ = ("page_user", "user_header")


def page_user(st: Any) -> User | None:
    """The user whom the gateway has let in; `None` for a visitor who is not known."""
    return decode_user(user_header(st))


def user_header(st: Any) -> str | None:
    """The same as the text that the gateway has sent."""
    return header_value(st, USER_HEADER.lower())
