"""The line from a child to its supervisor.

Lifecycle: opened first thing in the child; a thread of its own then waits for the line to close. It closes when the
supervisor's process ends, however it ends, so that the child leaves too: politely first, and for certain a moment
later, with its whole process group. The same line carries what the child reports, one JSON object a line, and the
supervisor's one word to a spare: that it is needed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import threading
from typing import TYPE_CHECKING, Self

from fluxlit_sidecar.child import names
from fluxlit_sidecar.child.death_signal import watch_parent_with_signal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("ParentLink", "inherited_listener")

# From the supervisor's end to the end of the child: promised are two seconds.
_LEAVE_WITHIN = 1.0


class ParentLink:
    """A child's control channel. Every method may be called from any thread.

    Args:
        control: This process's end of the socket pair.
        on_parent_gone: Called in a thread when the supervisor is gone; the process has a second from then, and ends at
            once without this.
        folder: The runtime folder, removed when the supervisor could not do it any more.
        is_spare: Whether the supervisor wants this child to prepare itself and wait; see `wait_until_needed`.
    """

    def __init__(
        self,
        control: socket.socket,
        *,
        on_parent_gone: Callable[[], object] | None = None,
        folder: str | None = None,
        is_spare: bool = False,
    ) -> None:
        self._leaving = threading.Lock()
        self._control = control
        self._sending = threading.Lock()
        self._folder = folder
        self._parent_gone = threading.Event()
        self._needed = threading.Event()
        self._visitors_wait = False
        self.is_spare = is_spare
        self.on_parent_gone = on_parent_gone
        threading.Thread(target=self._watch, name="fluxlit-parent-link", daemon=True).start()

    @classmethod
    def from_environment(cls, *, on_parent_gone: Callable[[], object] | None = None) -> Self:
        """Take the channel that the supervisor left in the environment; page code inherits nothing of it."""
        control = socket.socket(fileno=int(os.environ.pop(names.CONTROL_FD)))
        control.set_inheritable(False)
        expected_parent = int(os.environ.pop(names.PARENT_PID))
        folder = os.environ.pop(names.FOLDER, None)
        is_spare = bool(os.environ.pop(names.SPARE, ""))
        link = cls(control, on_parent_gone=on_parent_gone, folder=folder, is_spare=is_spare)
        watch_parent_with_signal(expected_parent, link.parent_has_gone)
        return link

    def take_folder(self) -> None:
        """Take the runtime folder from the environment, for a child that learns later what it is to be."""
        self._folder = os.environ.pop(names.FOLDER, None)

    def report_warming(self) -> None:
        """Say that the process runs and is importing what it needs."""
        self._report({"type": "warming"})

    def report_ready(self) -> None:
        """Say that the server listens and that everything that warms it is done."""
        self._report({"type": "ready"})

    def wait_until_needed(self) -> bool:
        """Say that this spare is prepared, and wait for the supervisor's word; for `is_spare` only.

        Returns:
            Whether visitors wait for it, because no other sidecar serves.
        """
        self._report({"type": "prepared"})
        self._needed.wait()
        # The supervisor takes this for a sign of life, and soon another child when it does not come.
        self.report_warming()
        return self._visitors_wait

    def report_failure(self, reason: str) -> None:
        """Say why this child cannot start; it should exit next."""
        self._report({"type": "failure", "reason": reason})

    def report_sessions(self, *, active: int, served: int) -> None:
        """Say how many sessions are open and how many there were since the start."""
        self._report({"type": "sessions", "active": active, "served": served})

    def _report(self, message: dict[str, object]) -> None:
        with self._sending, contextlib.suppress(OSError):
            self._control.sendall(json.dumps(message).encode() + b"\n")

    def _watch(self) -> None:
        with contextlib.suppress(OSError), self._control.makefile("rb") as lines:
            for line in lines:
                self._hear(line)
        self.parent_has_gone()

    def _hear(self, line: bytes) -> None:
        with contextlib.suppress(ValueError):
            match json.loads(line):
                case {"type": "needed", "urgent": bool(urgent)}:
                    self._visitors_wait = urgent
                    self._needed.set()
                case _:
                    pass

    def parent_has_gone(self) -> None:
        """Begin to leave: the supervisor is gone. Safe to call twice."""
        with self._leaving:
            if self._parent_gone.is_set():
                return
            self._parent_gone.set()
        timer = threading.Timer(_LEAVE_WITHIN, self._leave)
        timer.daemon = True
        timer.start()
        if self.on_parent_gone is None:
            self._leave()
        else:
            self.on_parent_gone()

    def finish(self) -> None:
        """Last call of a child that ends by itself: tidies up what a supervisor that is gone cannot."""
        if self._parent_gone.is_set():
            self._leave()

    def _leave(self) -> None:
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        if os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)


def inherited_listener() -> socket.socket:
    """The listening socket that the supervisor bound and handed over."""
    listener = socket.socket(fileno=int(os.environ.pop(names.LISTEN_FD)))
    listener.set_inheritable(False)
    return listener
