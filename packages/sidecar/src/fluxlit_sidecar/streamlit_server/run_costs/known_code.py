"""Whether a function of Streamlit is still the one that we know."""

from __future__ import annotations

import logging
from importlib import import_module
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ("MARK", "is_known", "is_ours", "leave_alone", "member", "namespace")

_LOGGER = logging.getLogger("fluxlit.sidecar")

MARK = "_fluxlit_stands_in"
"""Attribute of the functions that stand in for Streamlit's, so that none is exchanged twice."""


def namespace(module: str) -> dict[str, Any]:
    """The names of a module, to be looked up and exchanged; empty when there is no such module."""
    try:
        return vars(import_module(module))
    except ImportError:
        return {}


def member(owner: Any, name: str) -> Any:
    """A member that a class itself has; None where it, or the class, is missing."""
    return owner.__dict__.get(name) if isinstance(owner, type) else None


def is_ours(value: Any) -> bool:
    """Whether a function stands in for one of Streamlit's."""
    return bool(getattr(value, MARK, False))


def is_known(function: Any, known: Collection[str], needed: Collection[str] = ()) -> bool:
    """Whether a function reads and calls nothing but what we know, and all that its stand-in needs.

    Whatever a later version adds to a function shows in the names that its code has, whereas comments, formatting and
    the Python version do not.

    Args:
        function: Streamlit's; its inner functions count as part of it.
        known: Names of globals and attributes.
        needed: Those without which it cannot be what we know.
    """
    code = getattr(function, "__code__", None)
    return isinstance(code, CodeType) and set(needed) <= set(_names(code)) <= set(known)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def leave_alone(what: str) -> bool:
    """Say that something of Streamlit is not what we know and stays as it is; always false."""
    _LOGGER.debug("%s of this version of Streamlit is not what was expected and is left as it is", what)
    return False
