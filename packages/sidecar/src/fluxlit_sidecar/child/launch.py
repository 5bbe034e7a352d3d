"""``python -m fluxlit_sidecar.child.launch program …``: runs a program that knows nothing of a supervisor.

On Linux the program is killed when the supervisor ends, however it ends; elsewhere it is only stopped in good order. It
takes the place of this process, so that the supervisor sees its exit code and its memory.
"""

from __future__ import annotations

import os
import signal
import sys

from fluxlit_sidecar.child import names
from fluxlit_sidecar.child.death_signal import request_death_signal

__all__ = ("main",)


def main() -> None:
    """Arrange for the end and become the program."""
    os.close(int(os.environ.pop(names.CONTROL_FD)))
    # The secret of the hop stays where there is one: the program has to ask its visitors for it.
    for name in (names.FOLDER, names.SECRET, names.SPARE, names.URGENT):
        os.environ.pop(name, None)
    # SIGKILL, because the program may ignore anything else. As prctl(2) has it, the signal also comes when the thread
    # that started this process ends: the one that runs the event loop of the pool.
    request_death_signal(signal.SIGKILL)
    if os.getppid() != int(os.environ.pop(names.PARENT_PID)):
        sys.exit(1)
    try:
        os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - to run that program is what this module is for
    except OSError as error:
        sys.exit(f"cannot run {sys.argv[1]!r}: {error}")


if __name__ == "__main__":
    main()
