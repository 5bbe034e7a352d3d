"""Has an open page run again by itself when its tab has reconnected: after a crash, a deployment, a loss of network.

Streamlit's frontend asks for a run after reconnecting if a run was under way, or if some part of the page reruns by the
clock (``run_every``): ``App.handleConnectionStateChanged``. Otherwise it leaves the page as it is, dead until the next
click. A timer that never ends makes it ask, with what is in the widgets of the tab. A Streamlit whose frontend does
otherwise keeps the page as it is.
"""

from __future__ import annotations

from typing import Final

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

__all__ = ("run_after_reconnect",)

# 23 days: about as long as a browser's timer can be (2**31 milliseconds); it starts anew with each run.
_NEVER_SECONDS: Final = 2_000_000.0
# No fragment has this id: should the time ever be over, Streamlit passes over a run by the clock that is nobody's.
_NOBODY: Final = "fluxlit-reconnect"


def run_after_reconnect() -> None:
    """Arrange it for the page that runs now; outside a run nothing happens."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return
    message = ForwardMsg()
    message.auto_rerun.interval = _NEVER_SECONDS
    message.auto_rerun.fragment_id = _NOBODY
    context.enqueue(message)
