"""Headers and query strings without their secrets, by the list in `fluxlit_gateway.redaction`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxlit_gateway.redaction import REDACTED, is_sensitive, redact_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ("DEFAULT_SENSITIVE_QUERY_KEYS", "redact_authorization", "redact_query_string", "sanitize_headers")

DEFAULT_SENSITIVE_QUERY_KEYS = frozenset({"fluxlit_sid", "auth_code"})
"""FluxLit's own keys; `redact_query_string` knows the usual names of secrets besides."""


def redact_authorization(value: str) -> str:
    """The value of an `Authorization` header with its scheme alone: `Bearer <redacted>`; blank stays empty."""
    scheme, _, credentials = value.strip().partition(" ")
    if not scheme:
        return ""
    known = {"bearer": "Bearer", "basic": "Basic"}.get(scheme.lower())
    return f"{known} {REDACTED}" if known and credentials.strip() else REDACTED


def redact_query_string(query: str, *, sensitive_keys: Iterable[str] | None = None) -> str:
    """A query string with the values of sensitive keys replaced, encoded anew if one was.

    Args:
        query: Without the question mark.
        sensitive_keys: Besides the usual names of secrets; `DEFAULT_SENSITIVE_QUERY_KEYS` when empty.
    """
    keys = frozenset(key.lower() for key in sensitive_keys or ()) or DEFAULT_SENSITIVE_QUERY_KEYS
    return redact_query(query.encode("utf-8"), keys)


def sanitize_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers whose secrets are replaced: `Authorization`, `Cookie` and whatever else is named like a secret."""
    return {name: _sanitized(name, value) for name, value in headers.items()}


def _sanitized(name: str, value: str) -> str:
    if name.lower() == "authorization":
        return redact_authorization(value)
    return REDACTED if value and is_sensitive(name) else value
