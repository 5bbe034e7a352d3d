"""Streamlit's configuration in a sidecar: the user's, as ``streamlit run`` would load it, and what a sidecar needs.

An external server does not load ``.streamlit/config.toml`` and ``STREAMLIT_*`` by itself, so they are loaded here with
Streamlit's own loader. In Streamlit's order of precedence what is passed to that loader stands for command-line flags.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from streamlit import config, net_util
from streamlit.web import bootstrap

from fluxlit_sidecar.streamlit_flags import environment_options
from fluxlit_sidecar.supervision.output import RECORD_FORMAT

if TYPE_CHECKING:
    from fluxlit_sidecar.streamlit_server.settings import StreamlitServerSettings

__all__ = ("load_configuration", "options_of")

_LEAN: dict[str, object] = {
    # The collector has a schedule of its own, see `collection`.
    "runner.postScriptGC": False,
    # The watcher resolves the path of every imported module after each run.
    "server.fileWatcherType": "none",
}


def options_of(settings: StreamlitServerSettings) -> dict[str, object]:
    """The options that act as command-line flags, by dotted name; the user's own win over the lean ones."""
    options: dict[str, object] = {"browser.gatherUsageStats": False}
    if settings.mode == "run":
        options |= _LEAN
    options |= environment_options(os.environ)
    options |= settings.streamlit_options
    if settings.trusted_user_headers:
        options["server.trustedUserHeaders"] = settings.trusted_user_headers
    options |= {
        "server.headless": True,
        "server.baseUrlPath": settings.base_url_path,
    }
    return options


def load_configuration(settings: StreamlitServerSettings, *, cookie_secret: str, marked_logs: bool = True) -> None:
    """Load the user's configuration and lay the sidecar's over it.

    Args:
        settings: What the supervisor said.
        cookie_secret: Signs Streamlit's cookies when the user has set no ``server.cookieSecret``. All sidecars of a
            pool get the same, so that a login survives the sidecar that made it.
        marked_logs: Whether Streamlit's log carries level and logger for the supervisor.
    """
    # Set first: the script's own folder may hold a .streamlit/config.toml too.
    config._main_script_path = str(settings.script)  # noqa: SLF001 - as its own cli does
    options = options_of(settings)
    if marked_logs:
        options["logger.messageFormat"] = RECORD_FORMAT
    bootstrap.load_config_options({name.replace(".", "_"): value for name, value in options.items()})
    if cookie_secret and not config.is_manually_set("server.cookieSecret"):
        config.set_option("server.cookieSecret", cookie_secret)
    # Streamlit compares a foreign origin with the machine's own addresses and asks a service on the internet for them,
    # for a second or two in the event loop. The gateway knows which origins are the application's own.
    net_util._internal_ip = net_util._external_ip = ""  # noqa: SLF001 - there is no option for it
    if settings.allowed_origins:
        present: list[str] = config.get_option("server.corsAllowedOrigins") or []
        config.set_option("server.corsAllowedOrigins", [*present, *settings.allowed_origins])
