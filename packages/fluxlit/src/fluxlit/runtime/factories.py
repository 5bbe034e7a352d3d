"""Applications by their name, as ASGI servers and programs ask for them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

from fluxlit.app import FluxLit
from fluxlit.gateway import build_gateway
from fluxlit.runtime.upstream_state import (
    STREAMLIT_UPSTREAM_ENV,
    STREAMLIT_UPSTREAM_FILE_ENV,
    read_streamlit_upstream_url,
)
from fluxlit_cli.project import load_project_config, resolve_target
from fluxlit_pages.target import load_target

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = (
    "asgi_from_fluxlit",
    "create_gateway_app",
    "create_unified_app",
    "load_fluxlit",
    "resolve_import_target_for_unified",
)


def load_fluxlit(target: str) -> FluxLit[Any]:
    """Import an application.

    Args:
        target: `module:attribute`, or `path/to/app.py:attribute`.

    Raises:
        ValueError: It has not this form.
        ModuleNotFoundError: There is no such module or file.
        AttributeError: The module has no such attribute.
        TypeError: The attribute is no application.
    """
    found = load_target(target)
    if not isinstance(found, FluxLit):
        raise TypeError(f"{target!r} is a {type(found).__qualname__}; it has to name the object made by FluxLit(...)")
    return cast("FluxLit[Any]", found)


def resolve_import_target_for_unified(fl: FluxLit[Any]) -> str:
    """What sidecars import: the application's `import_target`, else `FLUXLIT_APP`, the project file's, `app:app`."""
    return fl.import_target or os.environ.get("FLUXLIT_APP", "").strip() or resolve_target(None, load_project_config())


def asgi_from_fluxlit(fl: FluxLit[Any], import_target: str) -> ASGIApp:
    """The whole application as ASGI, whose sidecars import `import_target`.

    Raises:
        ValueError: `import_target` is blank.
    """
    if not import_target.strip():
        raise ValueError("import_target is blank: name the application, as in 'app:app'")
    fl.import_target = import_target.strip()
    return fl


def create_unified_app() -> ASGIApp:
    """The application that `FLUXLIT_APP` names; a factory for ASGI servers.

    Raises:
        RuntimeError: The variable is not set.
    """
    target = _required_target()
    return asgi_from_fluxlit(load_fluxlit(target), target)


def create_gateway_app() -> ASGIApp:
    """A gateway in front of the API of `FLUXLIT_APP` and of a Streamlit server that somebody else has started.

    The server's URL is in the file that `FLUXLIT_STREAMLIT_UPSTREAM_FILE` names, or in `FLUXLIT_STREAMLIT_UPSTREAM`;
    the API's prefix in `FLUXLIT_API_PREFIX` (default `/api`).

    Raises:
        RuntimeError: One of them is missing.
    """
    app = load_fluxlit(_required_target())
    if not read_streamlit_upstream_url():
        raise RuntimeError(
            f"no Streamlit server is named: set {STREAMLIT_UPSTREAM_FILE_ENV} or {STREAMLIT_UPSTREAM_ENV} to its URL"
        )
    return build_gateway(
        app.api,
        "",
        upstream_resolver=read_streamlit_upstream_url,
        access_log=app.settings.enable_gateway_access_log,
        api_prefix=os.environ.get("FLUXLIT_API_PREFIX", "/api"),
        root_mount=app.settings.public_mount_path(),
        proxy_settings=app.settings,
    )


def _required_target() -> str:
    target = os.environ.get("FLUXLIT_APP", "").strip()
    if not target:
        raise RuntimeError("FLUXLIT_APP is not set: it names the application, as in FLUXLIT_APP=app:app")
    return target
