"""A pleasant, typed HTTP client for pages that call an API: shared connections, Unix sockets, models in and out."""

from fluxlit_client.api_client import ApiClient
from fluxlit_client.client_options import NO_RETRIES, RetryOptions, TimeoutOptions
from fluxlit_client.connections.destination import unix_base_url
from fluxlit_client.correlation import (
    REQUEST_ID_HEADER,
    get_request_id,
    new_request_id,
    reset_request_id,
    set_request_id,
)
from fluxlit_client.errors import ApiClientClosedError, ApiError, InvalidBaseUrlError, InvalidPathError
from fluxlit_client.request_options import AuthHeaderFactory

__all__ = (
    "NO_RETRIES",
    "REQUEST_ID_HEADER",
    "ApiClient",
    "ApiClientClosedError",
    "ApiError",
    "AuthHeaderFactory",
    "InvalidBaseUrlError",
    "InvalidPathError",
    "RetryOptions",
    "TimeoutOptions",
    "get_request_id",
    "new_request_id",
    "reset_request_id",
    "set_request_id",
    "unix_base_url",
)
