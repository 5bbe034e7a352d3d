"""What `FluxLit(...)` is given, turned into its settings and its API application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from typing_extensions import TypeVar

from fluxlit.errors import ConfigurationError
from fluxlit.settings import FluxlitSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ("SettingsT", "existing_or_new_api", "settings_with")

SettingsT = TypeVar("SettingsT", bound=FluxlitSettings, default=FluxlitSettings)


def settings_with(
    settings: SettingsT,
    *,
    title: str | None,
    run_args: Sequence[str] | None,
    page_config: Mapping[str, Any] | None,
) -> SettingsT:
    """A copy of `settings` with the arguments of `FluxLit(...)` over it; the caller's object stays as it is.

    `debug` switches the access log and request logging on, and the log level from `info` to `debug`.
    """
    update: dict[str, Any] = {}
    if title is not None:
        update["title"] = title
    if run_args:
        update["streamlit_run_cli_args"] = [*settings.streamlit_run_cli_args, *run_args]
    if page_config:
        update["streamlit_page_config"] = {**settings.streamlit_page_config, **page_config}
    if settings.debug:
        update |= {"enable_gateway_access_log": True, "enable_request_logging": True}
        if settings.log_level.lower() == "info":
            update["log_level"] = "debug"
    return settings.model_copy(update=update)


def existing_or_new_api(api: FastAPI | None, *, title: str, arguments: Mapping[str, Any] | None) -> FastAPI:
    """The application to serve: the caller's own, or a new one.

    `root_path` is not FastAPI's business here: the gateway says it in every request's scope, so that `url_for`,
    redirects and the OpenAPI servers have mount and prefix (and FastAPI deprecates the argument).

    Raises:
        ConfigurationError: Both an application and arguments for a new one.
    """
    if api is None:
        given = {key: value for key, value in (arguments or {}).items() if key not in {"title", "root_path"}}
        return FastAPI(title=title, **given)
    if arguments:
        raise ConfigurationError(
            f"FluxLit(api=..., fastapi_kwargs={dict(arguments)!r}): an existing application takes no fastapi_kwargs. "
            "Give them to that FastAPI(...) itself."
        )
    return api
