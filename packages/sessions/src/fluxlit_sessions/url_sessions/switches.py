"""The environment's say in URL sessions: the name of the query parameter, and whether they are on at all."""

from __future__ import annotations

import os

__all__ = ("are_disabled", "parameter_name")

_DEFAULT_PARAMETER = "fluxlit_sid"
_TRUTHY = frozenset({"1", "true", "yes", "on"})


def parameter_name(param: str | None) -> str:
    """The first of `param`, `FLUXLIT_URL_SESSION_QUERY_PARAM` and `fluxlit_sid` that is not blank."""
    for name in (param, os.environ.get("FLUXLIT_URL_SESSION_QUERY_PARAM")):
        if name is not None and name.strip():
            return name.strip()
    return _DEFAULT_PARAMETER


def are_disabled() -> bool:
    """Whether URL sessions do nothing.

    `FLUXLIT_DISABLE_URL_SESSION` turns them off; so does `FLUXLIT_TESTS`, unless `FLUXLIT_FORCE_URL_SESSION_IN_TESTS`
    is set as well. Each counts if it is `1`, `true`, `yes` or `on` in any case.
    """
    if _is_set("FLUXLIT_DISABLE_URL_SESSION"):
        return True
    return _is_set("FLUXLIT_TESTS") and not _is_set("FLUXLIT_FORCE_URL_SESSION_IN_TESTS")


def _is_set(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in _TRUTHY
