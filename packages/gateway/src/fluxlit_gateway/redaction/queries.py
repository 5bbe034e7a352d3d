"""Query strings: values of sensitive keys replaced, and what their other values hold."""

from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from fluxlit_gateway.redaction.names import decoded, is_sensitive_query_key
from fluxlit_gateway.redaction.texts import REDACTED, redact_text

__all__ = ("redact_query",)


@lru_cache(maxsize=512)
def redact_query(query: bytes, sensitive_keys: frozenset[str] = frozenset()) -> str:
    """Return a query string with the values of sensitive keys replaced; one without secrets comes back as it was.

    Args:
        query: As it came, still encoded.
        sensitive_keys: Lower-case names besides those of the list.
    """
    if not query:
        return ""
    text = query.decode("latin-1")
    pairs = parse_qsl(text, keep_blank_values=True)
    redacted = [(key, _value(key, value, sensitive_keys)) for key, value in pairs]
    return text if redacted == pairs else urlencode(redacted)


def _value(key: str, value: str, sensitive_keys: frozenset[str]) -> str:
    if not value:
        return value
    if is_sensitive_query_key(key) or decoded(key).lower() in sensitive_keys:
        return REDACTED
    return redact_text(value)
