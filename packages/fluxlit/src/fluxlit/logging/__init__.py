"""Logs: request ids, redaction, and one configuration for the gateway, uvicorn, FastAPI, sidecars and Streamlit."""

from __future__ import annotations

import logging

from fluxlit.logging.configuration import log_config
from fluxlit.logging.formats import LogFormatter
from fluxlit.logging.json_formatter import JSON_LOG_BASE_FIELDS, JsonLogFormatter
from fluxlit.logging.redact import (
    DEFAULT_SENSITIVE_QUERY_KEYS,
    redact_authorization,
    redact_query_string,
    sanitize_headers,
)
from fluxlit_client.correlation import (
    REQUEST_ID_HEADER,
    get_request_id,
    new_request_id,
    request_id_ctx,
    reset_request_id,
    set_request_id,
)
from fluxlit_gateway.observability.access_log import ACCESS_LOG_FIELDS
from fluxlit_gateway.redaction import redact

__all__ = (
    "DEFAULT_SENSITIVE_QUERY_KEYS",
    "GATEWAY_ACCESS_LOG_FIELDS",
    "JSON_LOG_BASE_FIELDS",
    "REQUEST_ID_HEADER",
    "JsonLogFormatter",
    "LogFormatter",
    "get_request_id",
    "log",
    "log_config",
    "new_request_id",
    "redact",
    "redact_authorization",
    "redact_query_string",
    "request_id_ctx",
    "reset_request_id",
    "sanitize_headers",
    "set_request_id",
)

GATEWAY_ACCESS_LOG_FIELDS = ACCESS_LOG_FIELDS
"""Attributes of each record of the access log (logger `fluxlit.gateway`); the first five have been there from the
beginning: `request_id`, `fluxlit_dispatch`, `http_method_or_type`, `path`, `query`."""

log = logging.getLogger("fluxlit")
"""The logger above all of FluxLit's."""
