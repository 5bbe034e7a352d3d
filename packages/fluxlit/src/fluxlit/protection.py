"""From `app.protect(...)` and the settings to the guard of the gateway's process."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

from fluxlit_auth.guard.environment import GuardEnvironment, GuardOptions
from fluxlit_auth.guard.layer import Guard
from fluxlit_auth.guard.page_rules import PageRules
from fluxlit_auth.guard.rate_limits.layer import RateLimits
from fluxlit_auth.guard.rate_limits.storage import close_storage, storage_for
from fluxlit_auth.guard.revocations import Revocations
from fluxlit_auth.guard.shared_store import SharedStore
from fluxlit_auth.guard.throttling import LoginThrottle
from fluxlit_pages.page_access import page_access

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from starlette.types import ASGIApp

    from fluxlit.settings import FluxlitSettings
    from fluxlit_auth.guard.plan import GuardPlan
    from fluxlit_auth.guard.revocations import SocketCloser
    from fluxlit_pages import PageRegistry
    from fluxlit_sessions import Sessions, SessionStore

__all__ = ("ProtectedApplication", "Protection", "guard_options")


class ProtectedApplication(Protocol):
    """What the guard needs of the application."""

    @property
    def settings(self) -> FluxlitSettings:
        """The settings."""
        ...

    @property
    def page_registry(self) -> PageRegistry:
        """The pages."""
        ...

    @property
    def urls(self) -> object:
        """See `PageOwner`."""
        ...

    @property
    def session_store(self) -> SessionStore | None:
        """See `PageOwner`."""
        ...

    def get_client(self) -> object:
        """See `PageOwner`."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Has the store that logins share."""
        ...

    @property
    def guard_plan(self) -> GuardPlan:
        """What was protected how."""
        ...


class Protection:
    """The gateway's layers that protect an application.

    Args:
        app: The application.

    Attributes:
        layers: For the gateway, the outermost first; none if the application is not protected.
    """

    def __init__(self, app: ProtectedApplication) -> None:
        options = guard_options(app.settings)
        self._storage = storage_for(app.settings.session_store.get_secret_value())
        self._guard = _guard(app, options, LoginThrottle(self._storage))
        limits = app.guard_plan.limits
        by_address = [limit for limit in limits if limit.by == "ip"]
        by_identity = [limit for limit in limits if limit.by != "ip"]
        self.layers: list[Callable[[ASGIApp], ASGIApp]] = []
        if by_address:
            self.layers.append(RateLimits(by_address, options, self._storage).layer)
        if self._guard is not None:
            self.layers.append(self._guard.layer)
        if by_identity:
            self.layers.append(RateLimits(by_identity, options, self._storage).layer)

    @contextlib.asynccontextmanager
    async def running(self, close_sockets: SocketCloser) -> AsyncGenerator[None]:
        """Do what protection needs in the background while the block runs."""
        try:
            async with self._guard.running(close_sockets) if self._guard is not None else contextlib.nullcontext():
                yield
        finally:
            await close_storage(self._storage)


def _guard(app: ProtectedApplication, options: GuardOptions, throttle: LoginThrottle) -> Guard | None:
    plan = app.guard_plan
    if not plan.methods:
        return None
    store = SharedStore(app.sessions.store)
    environment = GuardEnvironment(options, store=store, throttle=throttle, revocations=Revocations(store))
    return Guard(plan, environment, PageRules(page_access(app).values(), plan.rules))


def guard_options(settings: FluxlitSettings) -> GuardOptions:
    """The guard's options, by the settings."""
    prefix = settings.api_mount_path
    probes = ("healthz", "readyz", "startupz")
    mount = settings.public_mount_path().strip("/")
    return GuardOptions(
        api_prefix=prefix,
        root_mount=f"/{mount}" if mount else "",
        public_base_url=settings.public_base_url,
        trust_forwarded_host=settings.trust_proxy,
        trusted_origins=frozenset(
            origin.lower()
            for origin in settings.cors_allow_origins
            if settings.cors_allow_credentials and origin != "*"
        )
        | frozenset(origin.lower() for origin in settings.ws_allowed_origins),
        open_paths=frozenset(f"{base}/{name}" for name in probes for base in ("", prefix)),
        answers_preflight=bool(settings.cors_allow_origins),
    )
