"""The hash of a page's address, worked out once: a menu of eight pages asks for it 34 times in each run."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from fluxlit_sidecar.streamlit_server.run_costs.known_code import (
    MARK,
    is_known,
    is_ours,
    leave_alone,
    member,
    namespace,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("remember_page_hashes",)

_HASHER = "calc_hash"
_MOST_KEPT = 1024
_KNOWN = ("_url_path", _HASHER)


def remember_page_hashes() -> bool:
    """Exchange what hashes the address of a page; whether it was, now or before."""
    names = namespace("streamlit.navigation.page")
    original: Callable[[str], str] | None = names.get(_HASHER)
    if is_ours(original):
        return True
    asks = getattr(member(names.get("StreamlitPage", names.get("Page")), "_script_hash"), "fget", None)
    if not callable(original) or not is_known(asks, _KNOWN, _KNOWN):
        return leave_alone("the hash of a page")
    remembering = lru_cache(_MOST_KEPT)(original)
    setattr(remembering, MARK, True)
    names[_HASHER] = remembering
    return True
