"""The blocking client: what Streamlit pages and scripts call an API with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack

from pydantic import BaseModel, TypeAdapter

from fluxlit_client.configuration import (
    DEFAULT_RETRIES,
    ClientConfiguration,
    library_timeout,
    resolve_base_url,
)
from fluxlit_client.connections.sessions import new_session, shared_session
from fluxlit_client.errors import ApiClientClosedError
from fluxlit_client.http_library import httpx
from fluxlit_client.paths import join_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from fluxlit_client.client_options import RetryOptions, TimeoutOptions
    from fluxlit_client.request_options import AuthHeaderFactory, BodyOptions, RequestOptions

__all__ = ("ApiClient",)

T = TypeVar("T")


class ApiClient:
    """Calls an API, from any thread, over connections that the whole process shares."""

    def __init__(
        self,
        base_url: str | None = None,
        *,
        timeout: float | TimeoutOptions | None = 30.0,
        retries: RetryOptions = DEFAULT_RETRIES,
        default_headers: Mapping[str, str] | None = None,
        auth_header_factory: AuthHeaderFactory | None = None,
        propagate_request_id: bool = False,
        request_id: Callable[[], str | None] | None = None,
        keep_cookies: bool = False,
    ) -> None:
        self._configuration = ClientConfiguration(
            base=resolve_base_url(base_url),
            timeout=library_timeout(timeout),
            retries=retries,
            default_headers=dict(default_headers or {}),
            auth_header_factory=auth_header_factory,
            propagate_request_id=propagate_request_id,
            request_id=request_id,
            keep_cookies=keep_cookies,
        )
        self._closed = False
        destination = self._configuration.base.destination
        self._session = new_session(destination) if keep_cookies else shared_session(destination)

    @property
    def base_url(self) -> str:
        """The base URL without a trailing slash."""
        return self._configuration.base.text

    def request(self, method: str, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """Send a request and return the library's response, whatever its status."""
        if self._closed:
            raise ApiClientClosedError(self.base_url)
        configuration = self._configuration
        url = httpx.URL(join_path(configuration.base.url, path))
        params: Any = options.get("params")
        if params:
            url = url.copy_merge_params(params)
        request = self._session.build_request(
            method,
            url,
            headers=configuration.headers(options.get("headers")),
            cookies=dict(options.get("cookies") or {}),
            timeout=options.get("timeout", configuration.timeout),
            content=options.get("content"),
            data=options.get("data"),
            files=options.get("files"),
            json=options.get("json"),
            extensions=options.get("extensions"),
        )
        return self._session.send(
            request, auth=options.get("auth"), follow_redirects=options.get("follow_redirects", False)
        )

    def get(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **options)

    def head(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """HEAD."""
        return self.request("HEAD", path, **options)

    def options(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """OPTIONS."""
        return self.request("OPTIONS", path, **options)

    def delete(self, path: str, **options: Unpack[RequestOptions]) -> httpx.Response:
        """DELETE."""
        return self.request("DELETE", path, **options)

    def post(self, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """POST."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """PUT."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Unpack[BodyOptions]) -> httpx.Response:
        """PATCH."""
        return self.request("PATCH", path, **options)

    def get_model(self, path: str, model: type[T], **options: Unpack[RequestOptions]) -> T:
        """GET and validate the answer's JSON as ``model``."""
        return TypeAdapter(model).validate_json(self.get(path, **options).raise_for_status().content)

    def post_model(
        self,
        path: str,
        response_model: type[T],
        *,
        body: BaseModel | Mapping[str, Any] | None = None,
        **options: Unpack[BodyOptions],
    ) -> T:
        """POST ``body`` and validate the answer's JSON as ``response_model``."""
        if body is not None:
            if options.get("json") is not None:
                raise TypeError("give body= or json=, not both")
            options["json"] = body.model_dump(mode="json") if isinstance(body, BaseModel) else dict(body)
        response = self.post(path, **options).raise_for_status()
        return TypeAdapter(response_model).validate_json(response.content)

    def close(self) -> None:
        """Refuse further requests. The connections belong to the process and stay open for the other clients."""
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
