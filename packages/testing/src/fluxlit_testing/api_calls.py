"""The API's half of `FluxLitTestClient`: calls by the paths of the routes, and the API's documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from fluxlit_testing.openapi_contract import assert_contract

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from httpx2 import Response
    from starlette.testclient import TestClient, WebSocketTestSession

__all__ = ("ApiCalls",)


class ApiCalls:
    """Calls by path, without the API's prefix and the mount; `root_path=""` means no mount, `None` the client's own."""

    api_prefix: str
    root_mount: str

    @property
    def api(self) -> TestClient:
        """A new client of the gateway."""
        raise NotImplementedError

    def with_root_path(self, path: str) -> Self:
        """A copy that is served below `path`."""
        raise NotImplementedError

    def api_get(self, path: str, *, root_path: str | None = None, **options: Any) -> Response:
        """GET an API path."""
        return self.api_request("GET", path, root_path=root_path, **options)

    def api_post(self, path: str, *, root_path: str | None = None, **options: Any) -> Response:
        """POST to an API path."""
        return self.api_request("POST", path, root_path=root_path, **options)

    def api_request(self, method: str, path: str, *, root_path: str | None = None, **options: Any) -> Response:
        """Send any request to an API path; `options` are those of httpx."""
        client = self._served_below(root_path)
        return client.api.request(method, client.api_url(path), **options)

    def api_stream(
        self, path: str, *, method: str = "GET", root_path: str | None = None, **options: Any
    ) -> AbstractContextManager[Response]:
        """A response of which each part can be read as soon as it is sent, within a `with` block."""
        client = self._served_below(root_path)
        return client.api.stream(method, client.api_url(path), **options)

    def api_websocket(self, path: str, *, root_path: str | None = None, **options: Any) -> WebSocketTestSession:
        """A WebSocket to an API path, open within a `with` block; Starlette's test session."""
        client = self._served_below(root_path)
        return client.api.websocket_connect(client.api_url(path), **options)

    def api_url(self, path: str) -> str:
        """Where an API path is served: below mount and prefix."""
        return f"{self.root_mount}{self.api_prefix.rstrip('/')}/{path.lstrip('/')}"

    def openapi(self) -> dict[str, Any]:
        """The API's OpenAPI document.

        Raises:
            TypeError: It is no JSON object.
            httpx2.HTTPStatusError: The application serves none.
        """
        answer = self.api_get("/openapi.json")
        answer.raise_for_status()
        document = answer.json()
        if not isinstance(document, dict):
            raise TypeError(f"the OpenAPI document is no object but {document!r}")
        return document  # pyright: ignore[reportUnknownVariableType] - JSON objects have string keys

    def assert_openapi_matches(self, name: str | Path) -> None:
        """Fail when the API differs from the contract in a file; `pytest --update-openapi` writes it.

        Args:
            name: The file; a relative name is below pytest's root folder (without pytest: the working directory).

        Raises:
            AssertionError: They differ: the message lists what is new, missing or changed.
        """
        assert_contract(self.openapi(), name)

    def assert_docs_available(self, *, root_path: str | None = None) -> None:
        """Fail unless the OpenAPI document and the documentation page are served.

        Raises:
            AssertionError: The document or the page is wrong.
            httpx2.HTTPStatusError: The application serves no OpenAPI document.
        """
        client = self._served_below(root_path)
        document = client.openapi()
        if "openapi" not in document or "paths" not in document:
            raise AssertionError(f"no OpenAPI document: its keys are {sorted(document)}")
        page = client.api_get("/docs")
        if page.status_code != 200 or "swagger" not in page.text.lower():  # noqa: PLR2004 - HTTP's OK
            raise AssertionError(f"/docs answered {page.status_code}, and no documentation page")

    def _served_below(self, root_path: str | None) -> Self:
        return self if root_path is None else self.with_root_path(root_path)
