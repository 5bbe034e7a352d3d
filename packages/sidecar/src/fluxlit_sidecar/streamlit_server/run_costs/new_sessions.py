"""The message with which a run begins, made once for runs that begin alike.

Streamlit fills it anew for each run: the pages, the options that the frontend knows, what does not change as long as
the process lives. From run to run it differs in the run's own id alone. So a session keeps the last one, without that
id, and what follows is a copy of it until something that it is made of is different.

Lifecycle: what is kept belongs to Streamlit's `AppSession` and goes with it.
"""

from __future__ import annotations

import os
from functools import wraps
from typing import TYPE_CHECKING, Any

from fluxlit_sidecar.streamlit_server.run_costs.config_changes import ConfigChanges, are_plain, config_changes
from fluxlit_sidecar.streamlit_server.run_costs.config_sections import THEME_SECTIONS
from fluxlit_sidecar.streamlit_server.run_costs.known_code import (
    MARK,
    is_known,
    is_ours,
    leave_alone,
    member,
    namespace,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("copy_new_session_messages",)

_MAKER = "_create_new_session_message"
_KEPT = "_fluxlit_new_session"
_HEADLESS = "server.headless"
# What the message is made of, beside the sections of the theme.
_OPTIONS = (
    "browser.gatherUsageStats",
    "client.disableDataExport",
    "client.showErrorLinks",
    "client.showSidebarNavigation",
    "client.toolbarMode",
    "global.maxCachedMessageAge",
    _HEADLESS,
    "server.allowRunOnSave",
    "ui.hideTopBar",
)
_METHODS = (_MAKER, "_compute_skills_nudge_state", "_populate_app_pages")
_FUNCTIONS = (
    "_get_show_error_links",
    "_get_toolbar_mode",
    "_populate_config_msg",
    "_populate_user_info_msg",
    "_set_run_identity",
)
# fmt: off
_KNOWN = (
    "APP_IS_RUNNING", "AppSessionState", "Config", "CustomThemeCategories", "DARK", "DARK_SIDEBAR", "Exception",
    "ForwardMsg", "Installation", "LIGHT", "LIGHT_SIDEBAR", "SHOW_ERROR_LINKS_AUTO", "SHOW_ERROR_LINKS_FALSE",
    "SHOW_ERROR_LINKS_TRUE", "SIDEBAR", "STREAMLIT_VERSION_STRING", "SYSTEM", "ShowErrorLinks", "ToolbarMode",
    "ValueError", "_LOGGER", "_REPORTED_NUDGE_SUPPRESSION_REASONS", "_compute_skills_nudge_state",
    "_get_show_error_links", "_get_toolbar_mode", "_pages_manager", "_populate_app_pages", "_populate_config_msg",
    "_populate_theme_msg", "_populate_user_info_msg", "_run_on_save", "_script_data", "_set_run_identity", "_state",
    "add", "allow_run_on_save", "app_pages", "config", "connection_locality", "custom_theme", "dark", "debug",
    "dirname", "disable_data_export", "env_util", "environ", "environment_info", "extend", "fragment_ids",
    "gather_usage_stats", "get_option", "get_pages", "getattr", "has_display", "hide_sidebar_nav", "hide_top_bar",
    "icon", "id", "initialize", "installation_id", "installation_id_v3", "installation_id_v4", "instance", "is_hello",
    "items", "join", "keys", "light", "lower", "main_script_hash", "main_script_path", "map",
    "max_cached_message_age", "metadata", "name", "new_session", "nudge_suppression_reason", "os", "page_name",
    "page_script_hash", "path", "python_version", "recommend_skills_install", "replace", "run", "run_on_save",
    "script_is_running", "script_run_id", "server_os", "session_id", "session_status", "show_error_links", "sidebar",
    "skills", "skills_nudge_suppressed_reason", "str", "streamlit.runtime.backend_operation_handler", "streamlit.web",
    "streamlit_version", "sys", "toolbar_mode", "upper", "url_pathname", "user_info", "value", "version_info",
)
_NEEDED = ("_pages_manager", "_run_on_save", "_set_run_identity", "_state", "get_pages")
# fmt: on


def copy_new_session_messages() -> bool:
    """Exchange what makes the message, after `skip_unset_themes` has been; whether it was, now or before."""
    names = namespace("streamlit.runtime.app_session")
    session = names.get("AppSession")
    maker: Any = member(session, _MAKER)
    if is_ours(maker):
        return True
    if maker is not None and "_set_run_identity" not in names:
        # Streamlit 1.57, among whose fields the run's id is one of many.
        return True
    parts = [*(member(session, name) for name in _METHODS), *(names.get(name) for name in _FUNCTIONS)]
    if maker is None or not is_known(maker, _KNOWN, _NEEDED) or not all(is_known(part, _KNOWN) for part in parts):
        return leave_alone("the message of a new run")
    changes, message = config_changes(), names.get("ForwardMsg")
    if changes is None or message is None:
        return leave_alone("the message of a new run")
    setattr(session, _MAKER, _copying(maker, changes=changes, message=message, identify=names["_set_run_identity"]))
    return True


def _copying(
    original: Callable[..., Any], *, changes: ConfigChanges, message: Callable[[], Any], identify: Callable[..., None]
) -> Callable[..., Any]:
    @wraps(original)
    # With Streamlit's own signature.
    def create(self: Any, page_script_hash: str, run_descriptor: Any, pages: Any = None) -> Any:  # noqa: PLR0917
        pages = pages or self._pages_manager.get_pages()
        # Taken before the message is made: what is set meanwhile has the next run make it again.
        state = changes.state(), page_script_hash, self._run_on_save, self._state, _has_display(), pages
        kept: tuple[object, Any] | None = self.__dict__.get(_KEPT)
        if kept is not None and kept[0] == state:
            copied = message()
            copied.CopyFrom(kept[1])
            identify(copied, run_descriptor)
            return copied
        made = original(self, page_script_hash, run_descriptor, pages)
        if _depends_on_nothing_else(changes.options()):
            pattern = message()
            pattern.CopyFrom(made)
            pattern.ClearField("metadata")
            self.__dict__[_KEPT] = state, pattern
        return made

    setattr(create, MARK, True)
    return create


def _has_display() -> bool:
    return "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ


def _depends_on_nothing_else(options: dict[str, Any]) -> bool:
    """Whether all options are plain, and the machine is not searched for what Streamlit recommends to developers."""
    read = [options.get(name) for name in _OPTIONS]
    themes = [option for option in options.values() if option.section in THEME_SECTIONS]
    return are_plain([*read, *themes]) and options[_HEADLESS].value is True
