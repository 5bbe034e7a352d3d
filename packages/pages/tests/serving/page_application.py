"""An application that meets `PageApp` as FluxLit does, without FastAPI and gateway; child processes use it too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from fluxlit_pages import FluxLitPublicUrls, PageRegistry
from fluxlit_sessions import InMemorySessionStore, Sessions


class Settings:
    """Settings that pages may ask for by type."""

    def __init__(self, **values: Any) -> None:
        self.title = "Test application"
        self.streamlit_page_config: dict[str, Any] = {}
        self.strict_page_signatures = False
        self.experimental_yield_pages = False
        self.public_base_url = ""
        self.api_mount_path = "/api"
        self.root_path = ""
        vars(self).update(values)

    def public_mount_path(self) -> str:
        return self.root_path


class Client:
    """Stands where the API client is."""


class Application:
    """The application object."""

    def __init__(self, *, session_store: Any = None, api: Any = None, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.session_store = session_store
        self.sessions = Sessions(InMemorySessionStore() if session_store is None else session_store)
        self.api = api or SimpleNamespace(docs_url="/docs", redoc_url="/redoc", openapi_url="/openapi.json")
        self.urls = FluxLitPublicUrls(self)
        self.page_registry = PageRegistry(self)
        self.page = self.page_registry.page
        self.clients: list[Client] = []

    def get_client(self) -> Any:
        self.clients.append(Client())
        return self.clients[-1]
