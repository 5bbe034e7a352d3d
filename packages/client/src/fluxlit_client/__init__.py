"""A pleasant, typed HTTP client for pages that call an API: shared connections, Unix sockets, models in and out."""

from fluxlit_client.api_client import ApiClient
from fluxlit_client.async_api_client import AsyncApiClient
from fluxlit_client.client_options import NO_RETRIES, RetryOptions, TimeoutOptions
from fluxlit_client.connections.destination import unix_base_url
from fluxlit_client.correlation import (
    REQUEST_ID_HEADER,
    get_request_id,
    new_request_id,
    reset_request_id,
    set_request_id,
)
from fluxlit_client.endpoints.parameters import INJECTED
from fluxlit_client.errors import (
    ApiClientClosedError,
    ApiConnectionError,
    ApiError,
    ApiStatusError,
    ApiStreamError,
    ApiTimeoutError,
    ApiValidationError,
    EndpointArgumentError,
    EndpointNotFoundError,
    InvalidBaseUrlError,
    InvalidPathError,
)
from fluxlit_client.problems import FieldError, ProblemDetail
from fluxlit_client.request_options import AuthHeaderFactory
from fluxlit_client.streams.downloads import Download
from fluxlit_client.streams.server_sent_events import ServerSentEvent

__all__ = (
    "INJECTED",
    "NO_RETRIES",
    "REQUEST_ID_HEADER",
    "ApiClient",
    "ApiClientClosedError",
    "ApiConnectionError",
    "ApiError",
    "ApiStatusError",
    "ApiStreamError",
    "ApiTimeoutError",
    "ApiValidationError",
    "AsyncApiClient",
    "AuthHeaderFactory",
    "Download",
    "EndpointArgumentError",
    "EndpointNotFoundError",
    "FieldError",
    "InvalidBaseUrlError",
    "InvalidPathError",
    "ProblemDetail",
    "RetryOptions",
    "ServerSentEvent",
    "TimeoutOptions",
    "get_request_id",
    "new_request_id",
    "reset_request_id",
    "set_request_id",
    "unix_base_url",
)
