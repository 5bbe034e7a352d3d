"""`st.user` with names as they are written.

Streamlit fills it from headers of the private hop (`server.trustedUserHeaders`) and reads them as Latin-1, as Starlette
does; a name in UTF-8 comes out garbled.
"""

from __future__ import annotations

from typing import Any, cast

__all__ = ("correct_st_user",)


def correct_st_user(context: Any) -> None:
    """Read garbled texts of a run's user anew; nothing happens where Streamlit keeps them elsewhere."""
    found: object = getattr(context, "user_info", None)
    if not isinstance(found, dict):
        return
    info = cast("dict[str, object]", found)
    for key, value in info.items():
        if isinstance(value, str) and not value.isascii():
            info[key] = _as_utf8(value)


def _as_utf8(text: str) -> str:
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:  # correct already, from a login of Streamlit's own
        return text
