"""Linux's own way to leave with the parent: the parent-death signal, without its races.

The signal set with ``PR_SET_PDEATHSIG`` is tied to the *thread* that forked, is cleared by a fork, and says nothing
about a parent that died before it was set (see prctl(2)). So it is set by the child for itself, never in
``preexec_fn``, and the parent's process id is compared with the expected one afterwards.
"""

from __future__ import annotations

import ctypes
import os
import sys

__all__ = ("arm_parent_death_signal",)

_PR_SET_PDEATHSIG = 1


def arm_parent_death_signal(*, signal_number: int, expected_parent: int) -> bool:
    """Have `signal_number` sent to this process when its parent ends; does nothing outside Linux.

    Returns:
        False when the parent is already another one than `expected_parent`: the caller should leave.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    return os.getppid() == expected_parent
