"""``python -m fluxlit_sidecar.streamlit_server``: one Streamlit sidecar, started by a supervisor."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from functools import partial

from fluxlit_sidecar.child import names
from fluxlit_sidecar.child.parent_link import ParentLink, inherited_listener
from fluxlit_sidecar.streamlit_server.forerunner import follow_orders
from fluxlit_sidecar.streamlit_server.hidden_libraries import hint_for_hidden_library
from fluxlit_sidecar.streamlit_server.log_records import send_logs_to_the_supervisor
from fluxlit_sidecar.streamlit_server.settings import StreamlitServerSettings
from fluxlit_sidecar.streamlit_server.spare import at_low_priority, import_ahead, import_what_starts_threads


def main() -> None:
    """Warm up, wait if this is a spare, serve until told to end, leave nothing behind."""
    if names.CONTROL_FD not in os.environ:
        sys.exit("fluxlit_sidecar.streamlit_server is started by a SidecarPool; see the README of fluxlit-sidecar")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    is_forerunner = names.ORDERS_FD in os.environ
    line = {name: os.environ[name] for name in (names.CONTROL_FD, names.PARENT_PID)}
    link = ParentLink.from_environment()
    try:
        ahead = _run_ahead(link, line) if is_forerunner else None
        _serve(link, ahead)
    finally:
        link.finish()


def _run_ahead(link: ParentLink, line: dict[str, str]) -> StreamlitServerSettings:
    signal.signal(signal.SIGTERM, _leave_at_once)
    send_logs_to_the_supervisor()
    ahead = follow_orders(line, import_ahead)
    signal.signal(signal.SIGTERM, _leave)
    link.take_folder()
    return ahead


def _leave(_number: int, _frame: object) -> None:
    sys.exit(0)


def _serve(link: ParentLink, ahead: StreamlitServerSettings | None) -> None:
    link.report_warming()
    send_logs_to_the_supervisor()
    listener = inherited_listener()
    secret, hop_secret, urgent = (os.environ.pop(name, "") for name in (names.SECRET, names.HOP_SECRET, names.URGENT))
    settings = StreamlitServerSettings.from_env()
    try:
        if link.is_spare:
            urgent = _wait_as_spare(link, settings)
        from fluxlit_sidecar.streamlit_server.application import prepare  # noqa: PLC0415 - Streamlit, after the link

        imported = link.is_spare or (ahead is not None and ahead.warms_like(settings))
        application = prepare(settings, secret=secret, hop_secret=hop_secret, urgent=bool(urgent), imported=imported)
    except Exception as error:  # noqa: BLE001 - the supervisor is told, whatever it is that the app raises
        traceback.print_exc()
        link.report_failure(
            "; ".join(filter(None, [f"{type(error).__name__}: {error}", hint_for_hidden_library(error)]))
        )
        sys.exit(1)
    application.serve(listener, link)


def _wait_as_spare(link: ParentLink, settings: StreamlitServerSettings) -> bool:
    signal.signal(signal.SIGTERM, _leave_at_once)
    import_what_starts_threads(settings)
    at_low_priority(partial(import_ahead, settings))
    visitors_wait = link.wait_until_needed()
    signal.signal(signal.SIGTERM, _leave)
    return visitors_wait


def _leave_at_once(_number: int, _frame: object) -> None:
    # A spare has nothing to put in order, and its imports must not be interrupted by the interpreter's own end.
    os._exit(0)


if __name__ == "__main__":
    main()
