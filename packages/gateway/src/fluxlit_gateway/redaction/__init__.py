"""What must not be read in a log, a metric, a trace or a debug page: one list of names, one function."""

from fluxlit_gateway.redaction.names import SENSITIVE_QUERY_KEYS, SENSITIVE_WORDS, is_sensitive, is_sensitive_query_key
from fluxlit_gateway.redaction.queries import redact_query
from fluxlit_gateway.redaction.texts import REDACTED, redact_text
from fluxlit_gateway.redaction.values import redact

__all__ = (
    "REDACTED",
    "SENSITIVE_QUERY_KEYS",
    "SENSITIVE_WORDS",
    "is_sensitive",
    "is_sensitive_query_key",
    "redact",
    "redact_query",
    "redact_text",
)
