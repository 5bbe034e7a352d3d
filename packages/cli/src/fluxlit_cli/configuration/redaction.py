"""Masks secrets in a dump of the settings."""

from collections.abc import Mapping
from typing import Any, cast

from fluxlit_gateway.redaction import is_sensitive

__all__ = ("MASK", "redact_fluxlit_settings_dict")

MASK = "[REDACTED]"
# A store's address may hold a password, and its name does not say so.
_SECRET_FIELDS = frozenset({"session_store"})


def redact_fluxlit_settings_dict(data: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the dump ``data`` that may be printed, logged and sent: secrets that are set become a mask."""
    return {name: _masked(name, value) for name, value in data.items()}


def _masked(name: str, value: Any) -> Any:
    secret = getattr(value, "get_secret_value", None)
    if callable(secret):
        return MASK if str(secret()).strip() else ""
    if isinstance(value, bool):
        return value
    if name in _SECRET_FIELDS or is_sensitive(name):
        return MASK if value is not None and str(value).strip() else value
    if isinstance(value, dict):
        return redact_fluxlit_settings_dict({str(k): v for k, v in cast("dict[Any, Any]", value).items()})
    return value
