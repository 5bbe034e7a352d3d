"""`FluxLitTestClient`: an application's API behind its gateway, and its pages, without starting anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, Self

from starlette.testclient import TestClient

from fluxlit_gateway import GatewayOptions, build_gateway, normalize_root_mount
from fluxlit_testing.page_tests import apptest_assert_no_errors, page_environment, streamlit_main_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from httpx2 import Response
    from starlette.types import ASGIApp
    from streamlit.testing.v1 import AppTest

__all__ = ("NO_API", "NO_UPSTREAM", "PAGE_SECONDS", "AppWithApi", "FluxLitTestClient")

# Nobody listens on the discard port: what is not the API answers 502, as behind a gateway whose UI is down.
NO_UPSTREAM = "http://127.0.0.1:9"
# The same for pages: a test of pages alone has no API to call.
NO_API = "http://127.0.0.1:1"
PAGE_SECONDS = 30.0


class AppWithApi(Protocol):
    """What the client needs of an application: `FluxLit` objects are such."""

    @property
    def api(self) -> ASGIApp:
        """The API application."""
        ...


@dataclass(frozen=True)
class FluxLitTestClient:
    """Calls an application's API through the gateway, in process, and runs its pages in Streamlit's `AppTest`.

    Attributes:
        app: The application.
        api_prefix: Where the API is served.
        root_mount: The public mount, such as `/apps/sales`; empty for none.
    """

    __test__ = False  # not a test class, whatever its name begins with

    app: AppWithApi
    api_prefix: str = "/api"
    root_mount: str = ""

    @property
    def api(self) -> TestClient:
        """A new client of the gateway; the application's lifespan is not run (enter the client to run it)."""
        options = GatewayOptions(api_prefix=self.api_prefix, root_mount=self.root_mount)
        return TestClient(build_gateway(api=self.app.api, upstream=NO_UPSTREAM, options=options))

    def with_root_path(self, path: str) -> Self:
        """A copy that is served below `path`."""
        return replace(self, root_mount=normalize_root_mount(path))

    def api_get(self, path: str, *, root_path: str | None = None, **options: Any) -> Response:
        """GET an API path (without the prefix); `root_path=""` means no mount, `None` the client's own."""
        return self._request("GET", path, root_path=root_path, **options)

    def api_post(self, path: str, *, root_path: str | None = None, **options: Any) -> Response:
        """POST to an API path (without the prefix); `root_path` as for `api_get`."""
        return self._request("POST", path, root_path=root_path, **options)

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

    def assert_docs_available(self, *, root_path: str | None = None) -> None:
        """Fail unless the OpenAPI document and the documentation page are served.

        Raises:
            AssertionError: The document or the page is wrong.
            httpx2.HTTPStatusError: The application serves no OpenAPI document.
        """
        client = self if root_path is None else self.with_root_path(root_path)
        document = client.openapi()
        if "openapi" not in document or "paths" not in document:
            raise AssertionError(f"no OpenAPI document: its keys are {sorted(document)}")
        page = client.api_get("/docs")
        if page.status_code != 200 or "swagger" not in page.text.lower():  # noqa: PLR2004 - HTTP's OK
            raise AssertionError(f"/docs answered {page.status_code}, and no documentation page")

    def streamlit(
        self,
        *,
        target: str,
        internal_api_base: str | None = None,
        extra_sys_path: Sequence[str | Path] = (),
        query_params: Mapping[str, str] | None = None,
        page_overrides: Mapping[str, Any] | None = None,
    ) -> AppTest:
        """Run the application's default page in `AppTest`.

        Args:
            target: The application, `module:attribute`.
            internal_api_base: Base URL of the API that the page's `client` calls; default: one where nobody answers.
            extra_sys_path: Folders to find the application in.
            query_params: The page's query parameters.
            page_overrides: JSON values for page parameters, by name.

        Raises:
            TypeError: An override is not JSON.
        """
        from streamlit.testing.v1 import AppTest  # noqa: PLC0415 - Streamlit is heavy, and API tests need none

        at = AppTest.from_file(str(streamlit_main_path()), default_timeout=PAGE_SECONDS)
        for key, value in (query_params or {}).items():
            at.query_params[key] = value
        return self._run(
            at, target=target, api_base=internal_api_base, extra_sys_path=extra_sys_path, overrides=page_overrides
        )

    def select_page(
        self,
        at: AppTest,
        page: str,
        *,
        target: str,
        page_key: str = "page",
        internal_api_base: str | None = None,
        extra_sys_path: Sequence[str | Path] = (),
        page_overrides: Mapping[str, Any] | None = None,
    ) -> AppTest:
        """Open another page in a test that has run, by its title, path or slug; the rest as for `streamlit`."""
        at.query_params[page_key] = page
        return self._run(
            at, target=target, api_base=internal_api_base, extra_sys_path=extra_sys_path, overrides=page_overrides
        )

    def assert_no_streamlit_exception(self, at: AppTest) -> None:
        """Fail when the page raised, or showed `st.error`."""
        apptest_assert_no_errors(at)

    def _request(self, method: str, path: str, *, root_path: str | None, **options: Any) -> Response:
        client = self if root_path is None else self.with_root_path(root_path)
        prefix = client.root_mount + client.api_prefix.rstrip("/")
        return client.api.request(method, f"{prefix}/{path.lstrip('/')}", **options)

    def _run(
        self,
        at: AppTest,
        *,
        target: str,
        api_base: str | None,
        extra_sys_path: Sequence[str | Path],
        overrides: Mapping[str, Any] | None,
    ) -> AppTest:
        with page_environment(
            target=target,
            api_base=api_base or f"{NO_API}{self.api_prefix}",
            api_prefix=self.api_prefix,
            extra_sys_path=extra_sys_path,
            overrides=overrides,
        ):
            return at.run()
