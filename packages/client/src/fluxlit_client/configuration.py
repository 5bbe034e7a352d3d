"""What a client was built with, shared by the blocking and the asynchronous client."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fluxlit_client.client_options import RetryOptions, TimeoutOptions
from fluxlit_client.connections.destination import BaseUrl, parse_base_url
from fluxlit_client.correlation import REQUEST_ID_HEADER, get_request_id
from fluxlit_client.http_library import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fluxlit_client.endpoints.routes import HasRoutes
    from fluxlit_client.request_options import AuthHeaderFactory

__all__ = (
    "BASE_URL_VARIABLE",
    "DEFAULT_BASE_URL",
    "DEFAULT_RETRIES",
    "ClientConfiguration",
    "library_timeout",
    "resolve_base_url",
)

BASE_URL_VARIABLE: Final = "FLUXLIT_INTERNAL_API_BASE"
DEFAULT_BASE_URL: Final = "http://127.0.0.1:8000/api"
DEFAULT_RETRIES: Final = RetryOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConfiguration:
    """The settings of one client; see `ApiClient` for what each means."""

    base: BaseUrl
    timeout: httpx.Timeout
    retries: RetryOptions
    default_headers: Mapping[str, str]
    auth_header_factory: AuthHeaderFactory | None
    propagate_request_id: bool
    request_id: Callable[[], str | None] | None
    keep_cookies: bool
    app: HasRoutes | None

    def headers(self, own: Mapping[str, str] | Sequence[tuple[str, str]] | None) -> httpx.Headers:
        """Headers of one request: defaults, overridden by the factory's, overridden by the call's; then the id."""
        headers = httpx.Headers(self.default_headers)
        if self.auth_header_factory is not None:
            headers.update(self.auth_header_factory())
        if own is not None:
            headers.update(httpx.Headers(own if not isinstance(own, list | tuple) else list(own)))
        if self.propagate_request_id:
            request_id = (self.request_id or get_request_id)()
            if request_id:
                headers.setdefault(REQUEST_ID_HEADER, request_id)
        return headers

    def bearer_factory(self, token: str) -> AuthHeaderFactory:
        """A factory that adds a bearer token (RFC 6750 section 2.1) to what the present factory gives."""
        parent = self.auth_header_factory

        def headers() -> Mapping[str, str]:
            inherited = httpx.Headers(parent() if parent is not None else {})
            inherited["Authorization"] = f"Bearer {token}"
            return inherited

        return headers


def resolve_base_url(base_url: str | None) -> BaseUrl:
    """The argument, else the environment's ``FLUXLIT_INTERNAL_API_BASE``, else ``http://127.0.0.1:8000/api``."""
    return parse_base_url(base_url or os.environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL)


def library_timeout(timeout: float | TimeoutOptions | httpx.Timeout | None) -> httpx.Timeout:
    """A client's ``timeout`` argument as the HTTP library spells it."""
    return timeout.as_library_timeout() if isinstance(timeout, TimeoutOptions) else httpx.Timeout(timeout)
