"""The public addresses of an application: what a link in a mail or on another site has to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ("AddressedApp", "AddressedRequest", "AddressedSettings", "FluxLitPublicUrls")


class AddressedSettings(Protocol):
    """The settings that addresses are made of."""

    @property
    def public_base_url(self) -> str:
        """The address that users know, or an empty string."""
        ...

    @property
    def api_mount_path(self) -> str:
        """Where the API is, below the application's root."""
        ...

    def public_mount_path(self) -> str:
        """Where the application is, below the origin."""
        ...


class AddressedApp(Protocol):
    """An application with addresses."""

    @property
    def settings(self) -> AddressedSettings:
        """Its settings."""
        ...

    @property
    def api(self) -> Any:
        """Its FastAPI application."""
        ...


class AddressedRequest(Protocol):
    """A Starlette ``Request``, or ``st.context`` in a page: something with an absolute ``url``."""

    @property
    def url(self) -> Any:
        """The address that was asked for."""
        ...


class FluxLitPublicUrls:
    """Absolute public addresses, from the settings where they say it and from the request where they do not.

    In an endpoint pass the Starlette request; in a page pass ``st.context``. Where no setting names the mount, it is
    the one that a trusted proxy told in ``X-Forwarded-Prefix``.
    """

    def __init__(self, fluxlit: AddressedApp) -> None:
        self._app = fluxlit

    def app_base(self, request: AddressedRequest) -> str:
        """The application's root, without a trailing slash.

        ``public_base_url`` with a path is that address; without a path the public mount is appended. Where it is
        empty or not absolute, scheme and host of the request take its place.
        """
        configured = urlsplit(self._app.settings.public_base_url.strip())
        if configured.scheme and configured.netloc:
            path = configured.path.rstrip("/")
            return f"{configured.scheme}://{configured.netloc}{path or self._mount(request)}"
        seen = urlsplit(str(request.url))
        return f"{seen.scheme}://{seen.netloc}{self._mount(request)}"

    def api_base(self, request: AddressedRequest) -> str:
        """The API's root."""
        mount = self._app.settings.api_mount_path.strip().strip("/")
        if not mount and self._app.settings.api_mount_path.strip():
            return f"{self.app_base(request)}/"
        return f"{self.app_base(request)}/{mount or 'api'}"

    def docs_url(self, request: AddressedRequest) -> str | None:
        """The API's Swagger page, or None if it is off."""
        return self._of_api(request, "docs_url")

    def redoc_url(self, request: AddressedRequest) -> str | None:
        """The API's ReDoc page, or None if it is off."""
        return self._of_api(request, "redoc_url")

    def openapi_url(self, request: AddressedRequest) -> str | None:
        """The API's OpenAPI document, or None if it is off."""
        return self._of_api(request, "openapi_url")

    def health_url(self, request: AddressedRequest) -> str:
        """The liveness probe."""
        return f"{self.api_base(request).rstrip('/')}/healthz"

    def ready_url(self, request: AddressedRequest) -> str:
        """The readiness probe."""
        return f"{self.api_base(request).rstrip('/')}/readyz"

    def for_page(
        self,
        request: AddressedRequest,
        path: str,
        *,
        query: Mapping[str, object] | Sequence[tuple[str, object]] | None = None,
    ) -> str:
        """The address of a page.

        Args:
            request: The request at hand.
            path: As registered; ``/`` is the root. It is taken as it is, without percent-encoding.
            query: Query parameters; a list as value repeats its key.
        """
        tail = path if path.startswith("/") else f"/{path}"
        address = f"{self.app_base(request)}{tail}"
        return f"{address}?{urlencode(query, doseq=True)}" if query else address

    def page_url(
        self,
        request: AddressedRequest,
        path: str,
        *,
        query: Mapping[str, object] | Sequence[tuple[str, object]] | None = None,
    ) -> str:
        """The same as `for_page`."""
        return self.for_page(request, path, query=query)

    def _of_api(self, request: AddressedRequest, attribute: str) -> str | None:
        path = getattr(self._app.api, attribute, None)
        return f"{self.api_base(request).rstrip('/')}{path}" if path else None

    def _mount(self, request: AddressedRequest) -> str:
        inner = self._app.settings.public_mount_path().strip().strip("/")
        if not inner:
            # Learnt from a trusted proxy: the gateway replaces whatever else a client says here.
            headers: Mapping[str, str] = getattr(request, "headers", {})
            inner = str(headers.get("x-forwarded-prefix") or "").strip("/")
        return f"/{inner}" if inner else ""
