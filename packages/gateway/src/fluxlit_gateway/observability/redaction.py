"""What must not be read in a log: the values of some query keys."""

from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

__all__ = ("redact_query",)

_REDACTED = "<redacted>"


@lru_cache(maxsize=512)
def redact_query(query: bytes, sensitive_keys: frozenset[str]) -> str:
    """Return a query string with the values of sensitive keys replaced; keys are compared without regard to case.

    Args:
        query: As it came, still encoded.
        sensitive_keys: Lower-case names.
    """
    if not query:
        return ""
    text = query.decode("latin-1")
    pairs = parse_qsl(text, keep_blank_values=True)
    if not any(key.lower() in sensitive_keys for key, _ in pairs):
        return text
    return urlencode([(key, _REDACTED if value and key.lower() in sensitive_keys else value) for key, value in pairs])
