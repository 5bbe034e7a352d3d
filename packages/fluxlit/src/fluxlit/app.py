"""`FluxLit`, the one object: FastAPI routes on `app.api`, Streamlit pages with `@app.page`, and itself the ASGI app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from fluxlit.arguments import SettingsT, existing_or_new_api, settings_with
from fluxlit.error_reports import ErrorHooks
from fluxlit.errors import ConfigurationError
from fluxlit.import_target import creating_module, find_import_target
from fluxlit.lifespan import serve_lifespan
from fluxlit.page_methods import PageMethods
from fluxlit.session_stores import configured_store, session_options, shared_store
from fluxlit.settings import FluxlitSettings
from fluxlit_auth import remember_peer
from fluxlit_auth.forward_auth import PEER_SCOPE_KEY
from fluxlit_auth.guard.plan import GuardPlan
from fluxlit_auth.guard.rate_limits.rule import RateLimit
from fluxlit_client import ApiClient
from fluxlit_pages import FluxLitPublicUrls, PageRegistry, find_plain_script
from fluxlit_pages.di.session_token import token_of_run
from fluxlit_pages.page_access import page_identity_headers
from fluxlit_sessions import DeferredSessionStore, InMemorySessionStore, Sessions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from fastapi import APIRouter, FastAPI
    from starlette.types import Receive, Scope, Send

    from fluxlit.error_reports import ErrorHook
    from fluxlit.stack import Stack
    from fluxlit_auth import JWTBearer, OIDCProvider
    from fluxlit_auth.guard.api_keys.key_store import KeyStore
    from fluxlit_auth.guard.method import AuthMethod
    from fluxlit_auth.guard.rate_limits.rule import LimitBy
    from fluxlit_auth.identity.requirements import Requirement
    from fluxlit_sessions import SessionStore

__all__ = ("FluxLit",)

_ErrorHookT = TypeVar("_ErrorHookT", bound="ErrorHook")


class FluxLit(PageMethods, Generic[SettingsT]):
    """An application: an API, its pages, and how both are served.

    The object is an ASGI application. Its lifespan starts and stops the sidecars, so that any ASGI server runs the
    whole stack: `uvicorn app:app --port 9000`.

    Attributes:
        api: The FastAPI application; its routes are served below `settings.api_mount_path`.
        settings: The settings of this application (a copy: the caller's object is never changed).
        import_target: `module:attribute` of this object, or `None` to have it found out at start.
        session_store: What page functions that take a `SessionStore` get: the store that was given, that of the setting
            `session_store` (opened when it is first used), or `None`.
        urls: Public URLs of pages and API.
        error_hooks: What `on_error` has collected.
        guard_plan: What `protect` has collected.
        script: The Streamlit script to serve instead of registered pages, or `None`.
        settles_forwarding: Tells servers that the application itself judges what proxies in front say.
    """

    settles_forwarding = True

    def __init__(  # noqa: PLR0913 - the documented constructor; every argument by keyword
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
        script: str | Path | None = None,
    ) -> None:
        """Make an application; nothing is started before it is served.

        Args:
            title: Shown in the browser's title bar and in the API's documentation; default `settings.title`.
            settings: Default: `FluxlitSettings()`, read from the environment, `.env` and the project file.
            import_target: `module:attribute` of this object, where it cannot be found out.
            fastapi_kwargs: Further arguments of `FastAPI(...)`; `title` and `root_path` among them are not used.
            streamlit_run_args: Streamlit options as on its command line, after `settings.streamlit_run_cli_args`.
            streamlit_page_config: Arguments of `st.set_page_config`, over `settings.streamlit_page_config`.
            session_store: Where pages and logins keep state; default: what the setting `session_store` names. The
                caller closes it.
            api: An existing FastAPI application to serve instead of a new one.
            script: An existing Streamlit script, or a folder with one, to serve instead of pages of `@app.page`.

        Raises:
            ConfigurationError: `api` is given together with `fastapi_kwargs`.
            fluxlit_pages.errors.ScriptNotFoundError: There is no such script.
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
        self.session_store: SessionStore | None = (
            session_store if session_store is not None else configured_store(self.settings)
        )
        self.urls = FluxLitPublicUrls(self)
        self.page_registry = PageRegistry(self)
        self.error_hooks = ErrorHooks(self.page_registry)
        self.script = find_plain_script(script) if script is not None else None
        self.guard_plan = GuardPlan()
        self._created_in = creating_module(1)
        self._stack: Stack | None = None
        self._has_login = False
        self._sessions: Sessions | None = None

    @property
    def title(self) -> str:
        """The application's title."""
        return self.settings.title

    @property
    def sessions(self) -> Sessions:
        """The visitors' sessions, to open and to revoke; kept in `session_store`, else in `.fluxlit/sessions.db`.

        Raises:
            ConfigurationError: The store that was given has no atomic operations.
        """
        if self._sessions is None:
            store = shared_store(self.session_store, self.settings)
            self._sessions = Sessions(store, session_options(self.settings), token_here=token_of_run)
        return self._sessions

    def close_session_store(self) -> None:
        """Close the store that FluxLit opened itself; it is opened anew when it is used again."""
        for store in (self.session_store, self._sessions.store if self._sessions else None):
            if isinstance(store, DeferredSessionStore):
                store.close()

    def keep_sessions_in_memory(self) -> None:
        """Where no store is configured, keep sessions and logins in memory instead of in `.fluxlit`: for tests.

        For an application that runs in one process. It changes nothing once something has used `sessions`.
        """
        if self.session_store is None and self._sessions is None:
            store = DeferredSessionStore(InMemorySessionStore)
            self._sessions = Sessions(store, session_options(self.settings), token_here=token_of_run)

    def get_client(self) -> ApiClient:
        """A client of this application's own API, as pages get it; cheap to make."""
        return ApiClient(app=self.api, propagate_request_id=True, auth_header_factory=page_identity_headers)

    def protect(
        self,
        *methods: AuthMethod,
        public: Iterable[str] = (),
        requires: Mapping[str, Requirement | Iterable[Requirement]] | None = None,
    ) -> Self:
        """Ask everybody for an identity: pages, sockets, uploads, media, files and API answer nobody else.

        Probes and the paths of logins stay open. Call it before the application is served.

        Args:
            methods: `OIDC(...)`, `ForwardAuth(...)`, `Basic(verify)`, `JWT(...)`, `APIKeys()`, in the order in which a
                request's credentials are looked for.
            public: Paths that are open to everybody: `/about`, `/api/prices/*`.
            requires: By path, what a user must meet: `{"/api/admin/*": "role:admin"}`.

        Raises:
            fluxlit_auth.AuthConfigurationError: A method, path or requirement is not understood.
        """
        self.guard_plan.protect(methods, public=public, requires=requires)
        return self

    def on_error(self, hook: _ErrorHookT) -> _ErrorHookT:
        """Call `hook` with an `ErrorReport` for each exception that a route or a page has not caught itself.

        Usable as a decorator. Routes are reported by the gateway's process, pages by the sidecar that runs them.
        """
        self.error_hooks.add(hook)
        return hook

    def limit(
        self, limits: str, *, by: LimitBy = "user", paths: Iterable[str] = (), methods: Iterable[str] = ()
    ) -> Self:
        """Admit so many requests and answer those beyond with 429 and `Retry-After`.

        Args:
            limits: `"100/minute"`, or several: `"10/second;1000/day"`.
            by: Whose requests are counted together: `user` (visitors who are not known: by address), `ip`, or `key`.
            paths: For which paths: `/api/auth/login`, `/_stcore/stream` (sockets), `/*`; by default all of the API.
            methods: For which HTTP methods; by default all.

        Raises:
            fluxlit_auth.AuthConfigurationError: A part is not understood.
        """
        self.guard_plan.limits.append(RateLimit.parse(limits, by=by, paths=paths, methods=methods))
        return self

    @property
    def api_keys(self) -> KeyStore:
        """The application's API keys, to create, list and revoke; `protect(APIKeys())` accepts them."""
        from fluxlit_auth.guard.api_keys.key_store import KeyStore  # noqa: PLC0415 - pages make no keys
        from fluxlit_auth.guard.shared_store import SharedStore  # noqa: PLC0415 - as above

        return KeyStore(SharedStore(self.sessions.store))

    def make_jwt_bearer(self) -> JWTBearer:
        """A dependency for secured routes, by the `FLUXLIT_JWT_...` settings.

        Raises:
            fluxlit_auth.AuthConfigurationError: They are missing or contradict each other.
        """
        from fluxlit_auth import JWTBearer  # noqa: PLC0415 - a sidecar imports this module and verifies no tokens

        return JWTBearer.from_fluxlit_settings(self.settings)

    def attach_oidc_login(
        self, oidc: OIDCProvider, *, first_party_secret: str | None = None, **options: Any
    ) -> APIRouter:
        """Add the routes of an OpenID Connect login to the API, once.

        Args:
            oidc: The identity provider.
            first_party_secret: Signs the application's own tokens; by default the setting `oidc_bff_secret`.
            options: Further fields of `OIDCBFFConfig`; `public_base_url` by default from the settings.

        Raises:
            ConfigurationError: A login is attached already, or there is no secret.
        """
        if self._has_login:
            raise ConfigurationError("attach_oidc_login was called twice: an application has one login")
        from fluxlit.login import attach_login  # noqa: PLC0415 - only applications with a login pay for it

        router = attach_login(self, oidc, first_party_secret=first_party_secret, options=options)
        self._has_login = True
        return router

    # --- serving ------------------------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] == "lifespan":
            await serve_lifespan(self.stack.running, scope, receive, send=send)
            return
        stack = self._stack or self.stack
        if stack.proxies is None and not stack.observation.sees_requests():
            plain = stack.gateway.plain_request(scope, send)
            if plain is not None:
                # What `remember_peer` would find: no header of such a request speaks of another address.
                plain[0].setdefault(PEER_SCOPE_KEY, scope.get("client"))
                await stack.gateway.answer_plain(plain, receive)
                return
        await self._serve(stack, scope, receive, send=send)

    async def _serve(self, stack: Stack, scope: Scope, receive: Receive, *, send: Send) -> None:
        # Before the gateway drops the forwarding headers: forward-auth judges the connection's real peer.
        remember_peer(scope)
        settled = scope if stack.proxies is None else stack.proxies.settle(scope)
        if stack.observation.sees_requests():
            await stack.observation.serve(stack.gateway, settled, receive, send=send)
        else:
            await stack.gateway.answer(settled, receive, send)

    @property
    def stack(self) -> Stack:
        """Gateway, internal API and sidecars of this object in this process; made at first use."""
        if self._stack is None:
            from fluxlit.stack import Stack  # noqa: PLC0415 - a sidecar imports this module and serves no gateway

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

    def log_config(self) -> dict[str, Any]:
        """The logging configuration of a process that serves this application, for `logging.config.dictConfig`."""
        from fluxlit.logging.configuration import log_config_of  # noqa: PLC0415 - a sidecar does not log this way

        return log_config_of(self.settings)

    def status(self) -> Mapping[str, object]:
        """What runs: state of the UI and of each sidecar, as `/api/readyz` shows it."""
        return self.stack.status()
