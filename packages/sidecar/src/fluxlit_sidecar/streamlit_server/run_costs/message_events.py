"""The events that carry a message, which are most of a run's, passed on without a look at what else they might be.

Streamlit compares each with all other kinds of events, and the session's state with itself.
"""

from __future__ import annotations

import asyncio
from functools import wraps
from typing import TYPE_CHECKING, Any

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

__all__ = ("pass_messages_on",)

_HANDLER = "_handle_scriptrunner_event_on_event_loop"
# fmt: off
_KNOWN = (
    "APP_IS_RUNNING", "APP_NOT_RUNNING", "AppSessionState", "ENQUEUE_FORWARD_MSG", "FINISHED_EARLY_FOR_RERUN",
    "FINISHED_FRAGMENT_RUN_SUCCESSFULLY", "FINISHED_SUCCESSFULLY", "FINISHED_WITH_COMPILE_ERROR",
    "FRAGMENT_STOPPED_WITH_SUCCESS", "ForwardMsg", "RuntimeError", "SCRIPT_STARTED", "SCRIPT_STOPPED_FOR_RERUN",
    "SCRIPT_STOPPED_WITH_COMPILE_ERROR", "SCRIPT_STOPPED_WITH_SUCCESS", "SHUTDOWN", "SHUTDOWN_REQUESTED",
    "ScriptRunnerEvent", "_LOGGER", "_clear_queue", "_client_state", "_close_script_event_loop",
    "_create_new_session_message", "_create_script_finished_message", "_create_session_status_changed_message",
    "_debug_last_backmsg_id", "_enqueue_forward_msg", "_event_loop", "_local_sources_watcher", "_script_event_loop",
    "_scriptrunner", "_settle_once_delivered", "_state", "asyncio", "clear_all_for_session", "clear_session_caches",
    "clear_session_refs", "dataframe_source_mgr", "debug", "exception_utils", "get_instance", "get_running_loop", "id",
    "marshall", "media_file_mgr", "page_script_hash", "runtime", "script_compilation_exception", "session_event",
    "update_watched_modules", "update_watched_pages",
)
_NEEDED = ("ENQUEUE_FORWARD_MSG", "_enqueue_forward_msg", "_event_loop", "_scriptrunner")
# fmt: on


def pass_messages_on() -> bool:
    """Exchange what handles the events of a script; whether it was, now or before."""
    names = namespace("streamlit.runtime.app_session")
    session = names.get("AppSession")
    handler = member(session, _HANDLER)
    if is_ours(handler):
        return True
    message = getattr(names.get("ScriptRunnerEvent"), "ENQUEUE_FORWARD_MSG", None)
    if message is None or not is_known(handler, _KNOWN, _NEEDED):
        return leave_alone("the handling of a script's events")
    setattr(session, _HANDLER, _passing_on(handler, message))
    return True


def _passing_on(original: Any, message: object) -> Callable[..., None]:
    @wraps(original)
    def handle(self: Any, *args: Any, forward_msg: Any = None, **others: Any) -> None:
        is_message = len(args) == 2 and args[1] is message and forward_msg is not None  # noqa: PLR2004 - sender, event
        # All else, a message of a run that has been replaced as well, is Streamlit's.
        if (
            is_message
            and not others
            and args[0] is self._scriptrunner
            and asyncio._get_running_loop() is self._event_loop  # noqa: SLF001 - documented for this: it raises nothing
        ):
            self._enqueue_forward_msg(forward_msg)
            return
        if forward_msg is not None:
            others["forward_msg"] = forward_msg
        original(self, *args, **others)

    setattr(handle, MARK, True)
    return handle
