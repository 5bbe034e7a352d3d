"""Linux's own way to hear of the parent's death: a signal from the kernel, without its races.

What ``PR_SET_PDEATHSIG`` sets is tied to the *thread* that forked, is cleared by a fork, and says nothing about a
parent that died before it was set (see prctl(2)). So it is set by the child for itself, never in ``preexec_fn``; the
parent's process id is compared with the expected one afterwards; and the signal is only a reason to look whether the
parent is gone, because it also comes when merely a thread of the parent ends. It is needed beside the control channel
because a process that the parent has forked may hold a copy of the parent's end, which then never closes.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("request_death_signal", "watch_parent_with_signal")

_PR_SET_PDEATHSIG = 1
# The signal comes while the threads of a dying parent end one by one; its process id is free a moment later.
_LOOKS = 20
_BETWEEN_LOOKS = 0.05


def request_death_signal(number: int) -> None:
    """Ask the kernel to send this process a signal when the thread that forked it ends; nothing outside Linux.

    Args:
        number: The signal; 0 for none any more.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def watch_parent_with_signal(expected_parent: int, on_death: Callable[[], object]) -> None:
    """Have `on_death` called when the process `expected_parent` has ended; at once if that has happened before.

    Does nothing outside Linux and outside the main thread, where no signal handler can be set.
    """
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return

    def look() -> None:
        pause = threading.Event()
        for _ in range(_LOOKS):
            if os.getppid() != expected_parent:
                on_death()
                return
            pause.wait(_BETWEEN_LOOKS)

    def look_aside(_number: int, _frame: object) -> None:
        threading.Thread(target=look, name="fluxlit-parent-look", daemon=True).start()

    # A real-time signal that nothing else uses: SIGTERM is the supervisor's to send.
    number = signal.SIGRTMIN + 5
    signal.signal(number, look_aside)
    request_death_signal(number)
    if os.getppid() != expected_parent:
        on_death()
