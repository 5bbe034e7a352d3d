"""`FluxLit`, the one object: FastAPI routes on `app.api`, Streamlit pages with `@app.page`, and itself the ASGI app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from fluxlit.arguments import SettingsT, existing_or_new_api, settings_with
from fluxlit.import_target import creating_module, find_import_target
from fluxlit.lifespan import serve_lifespan
from fluxlit.settings import FluxlitSettings
from fluxlit.stack import Stack
from fluxlit_client import ApiClient
from fluxlit_pages import FluxLitPublicUrls, PageRegistry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

    from fluxlit_pages import PageMeta, PageRecord
    from fluxlit_sessions import SessionStore

__all__ = ("FluxLit",)

_FunctionT = TypeVar("_FunctionT", bound="Callable[..., Any]")


class FluxLit(Generic[SettingsT]):
    """An application: an API, its pages, and how both are served.

    The object is an ASGI application. Its lifespan starts and stops the sidecars, so that any ASGI server runs the
    whole stack: `uvicorn app:app --port 9000`.

    Attributes:
        api: The FastAPI application; its routes are served below `settings.api_mount_path`.
        settings: The settings of this application (a copy: the caller's object is never changed).
        import_target: `module:attribute` of this object, or `None` to have it found out at start.
        session_store: What page functions that take a `SessionStore` get, or `None`.
        urls: Public URLs of pages and API.
        page_registry: The pages, as the entry script in the sidecar reads them.
    """

    def __init__(
        self,
        *,
        title: str | None = None,
        settings: SettingsT | None = None,
        import_target: str | None = None,
        fastapi_kwargs: Mapping[str, Any] | None = None,
        streamlit_run_args: Sequence[str] | None = None,
        streamlit_page_config: Mapping[str, Any] | None = None,
        session_store: SessionStore | None = None,
        api: FastAPI | None = None,
    ) -> None:
        """Make an application; nothing is started before it is served.

        Args:
            title: Shown in the browser's title bar and in the API's documentation; default `settings.title`.
            settings: Default: `FluxlitSettings()`, read from the environment, `.env` and the project file.
            import_target: `module:attribute` of this object, where it cannot be found out.
            fastapi_kwargs: Further arguments of `FastAPI(...)`; `title` and `root_path` among them are not used.
            streamlit_run_args: Streamlit options as on its command line, after `settings.streamlit_run_cli_args`.
            streamlit_page_config: Arguments of `st.set_page_config`, over `settings.streamlit_page_config`.
            session_store: Where page functions keep state.
            api: An existing FastAPI application to serve instead of a new one.

        Raises:
            ConfigurationError: `api` is given together with `fastapi_kwargs`.
            pydantic.ValidationError: A setting, here or in the environment, has a bad value.
        """
        self.settings: SettingsT = settings_with(
            # Without settings the default of SettingsT stands, which a type checker cannot see in here.
            settings if settings is not None else cast("SettingsT", FluxlitSettings()),
            title=title,
            run_args=streamlit_run_args,
            page_config=streamlit_page_config,
        )
        self.api = existing_or_new_api(api, title=self.settings.title, arguments=fastapi_kwargs)
        self.import_target = (import_target or "").strip() or None
        self.session_store = session_store
        self.urls = FluxLitPublicUrls(self)
        self.page_registry = PageRegistry(self)
        self._created_in = creating_module(1)
        self._stack: Stack | None = None

    # --- pages --------------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The application's title."""
        return self.settings.title

    @property
    def pages(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """`(path, title, function)` of each page, in the order of registration."""
        return [(record.path, record.title, record.fn) for record in self.page_registry.records]

    @property
    def page_records(self) -> list[PageRecord]:
        """The registered pages; a copy of the list."""
        return list(self.page_registry.records)

    def page(
        self,
        path: str,
        *,
        title: str | None = None,
        icon: str | None = None,
        tags: Iterable[str] | None = None,
        page_meta: PageMeta | None = None,
        **options: Any,
    ) -> Callable[[_FunctionT], _FunctionT]:
        """Register the decorated function as the page at `path`; see `PageRegistry.page` for every option."""
        return self.page_registry.page(path, title=title, icon=icon, tags=tags, page_meta=page_meta, **options)

    def get_client(self) -> ApiClient:
        """A client of this application's own API, as pages get it; cheap to make."""
        return ApiClient(propagate_request_id=True)

    # --- serving ------------------------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] == "lifespan":
            await serve_lifespan(self.stack.running, scope, receive, send=send)
        else:
            await self.stack.gateway(scope, receive, send)

    @property
    def stack(self) -> Stack:
        """Gateway, internal API and sidecars of this object in this process; made at first use."""
        if self._stack is None:
            self._stack = Stack(self)
        return self._stack

    def resolve_import_target(self) -> str:
        """The `module:attribute` that sidecars import.

        Raises:
            TargetNotFoundError: None was given, and no module holds this object as an attribute.
        """
        return self.import_target or find_import_target(self, created_in=self._created_in)

    async def wait_until_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the documented name
        """Wait until a sidecar can serve pages, at most `timeout` seconds (`None`: without a bound).

        Raises:
            TimeoutError: It took longer.
        """
        await self.stack.wait_until_ready(timeout)

    async def reload_ui(self) -> None:
        """Replace the sidecars by fresh ones, with new code, while the old ones finish their sessions."""
        await self.stack.replace_sidecars()

    def status(self) -> Mapping[str, object]:
        """What runs: state of the UI and of each sidecar, as `/api/readyz` shows it."""
        return self.stack.status()
