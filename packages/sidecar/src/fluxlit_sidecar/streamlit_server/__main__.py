"""``python -m fluxlit_sidecar.streamlit_server``: one Streamlit sidecar, started by a supervisor."""

from __future__ import annotations

import os
import signal
import sys
import traceback

from fluxlit_sidecar.child import names
from fluxlit_sidecar.child.parent_link import ParentLink, inherited_listener
from fluxlit_sidecar.streamlit_server.log_records import send_logs_to_the_supervisor
from fluxlit_sidecar.streamlit_server.settings import StreamlitServerSettings


def main() -> None:
    """Warm up, serve until told to end, leave nothing behind."""
    if names.CONTROL_FD not in os.environ:
        sys.exit("fluxlit_sidecar.streamlit_server is started by a SidecarPool; see the README of fluxlit-sidecar")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    link = ParentLink.from_environment()
    try:
        _serve(link)
    finally:
        link.finish()


def _leave(_number: int, _frame: object) -> None:
    sys.exit(0)


def _serve(link: ParentLink) -> None:
    link.report_warming()
    send_logs_to_the_supervisor()
    listener = inherited_listener()
    try:
        from fluxlit_sidecar.streamlit_server.application import prepare  # noqa: PLC0415 - Streamlit, after the link

        application = prepare(
            StreamlitServerSettings.from_env(),
            secret=os.environ.pop(names.SECRET, ""),
            hop_secret=os.environ.pop(names.HOP_SECRET, ""),
            urgent=bool(os.environ.pop(names.URGENT, "")),
        )
    except Exception as error:  # noqa: BLE001 - the supervisor is told, whatever it is that the app raises
        traceback.print_exc()
        link.report_failure(f"{type(error).__name__}: {error}")
        sys.exit(1)
    application.serve(listener, link)


if __name__ == "__main__":
    main()
