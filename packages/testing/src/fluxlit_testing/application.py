"""What the tools of this package need of the application under test; `fluxlit.FluxLit` objects have all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from fluxlit_pages.page_app import PageApp

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from starlette.types import ASGIApp

__all__ = ("AppSettings", "AppUnderTest", "AppWithApi", "override_places", "page_app_of", "served_below")


class AppWithApi(Protocol):
    """An application with an API."""

    @property
    def api(self) -> ASGIApp:
        """The API application."""
        ...


class AppUnderTest(AppWithApi, PageApp, Protocol):
    """An application with an API and pages."""


class AppSettings(Protocol):
    """The settings that say where an application is served."""

    @property
    def api_mount_path(self) -> str:
        """The prefix of the API."""
        ...

    def public_mount_path(self) -> str:
        """The public mount; empty for none."""
        ...


def page_app_of(app: AppWithApi) -> AppUnderTest:
    """The application, as one with pages.

    Raises:
        TypeError: It has none.
    """
    if not hasattr(app, "page_registry"):
        raise TypeError(f"{type(app).__qualname__} has no pages; give the object made by FluxLit(...)")
    return cast("AppUnderTest", app)


def served_below(app: AppWithApi) -> tuple[str, str]:
    """API prefix and public mount by the application's own settings; `/api` and none where it has no settings."""
    settings = getattr(app, "settings", None)
    if settings is None:
        return "/api", ""
    told = cast("AppSettings", settings)
    return told.api_mount_path, told.public_mount_path()


def override_places(app: AppWithApi) -> list[MutableMapping[Any, Callable[..., Any]]]:
    """Where replacements of dependencies go: FastAPI's `dependency_overrides`, and the pages' of the same name."""
    owners = (app.api, getattr(app, "page_registry", None))
    found = (getattr(owner, "dependency_overrides", None) for owner in owners)
    return [place for place in found if place is not None]
