"""The supervisor's process: started when it is needed, or ahead, before a worker knows what is to be supervised.

What it supervises it reads from its standard input, a socket over which the descriptors come too. One that was started
ahead begins to import, and has the first sidecar import, until then.

Lifecycle: `start_supervisor_ahead` starts the one of this process; `order_supervisor` gives it, or a fresh one, its
configuration; `dismiss_supervisor` ends one that got none. It leaves by itself when this process ends before that.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxlit_sidecar.child import names
from fluxlit_sidecar.child.command import python_module

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ("dismiss_supervisor", "order_supervisor", "read_orders", "start_supervisor_ahead")

_MOST_AT_ONCE = 65_536
_MOST_DESCRIPTORS = 8


@dataclass(frozen=True)
class _Started:
    popen: subprocess.Popen[bytes]
    orders: socket.socket
    owner: int

    def end(self) -> None:
        self.orders.close()
        self.popen.kill()
        self.popen.wait()


# At most one; a list, because taking it out is one step that no other thread can come between.
_waiting: list[_Started] = []


def start_supervisor_ahead(settings: str) -> None:
    """Start the supervisor of this process; nothing if there is one, or if the system refuses another process.

    Args:
        settings: By what its first sidecar warms up, as JSON.
    """
    if not _waiting:
        with contextlib.suppress(OSError):
            _waiting.append(_start({names.AHEAD: settings}))


def order_supervisor(configuration: str, descriptors: Sequence[int]) -> None:
    """Give the supervisor what it is to do, and leave it to itself.

    Args:
        configuration: As JSON.
        descriptors: What it inherits, in the order in which it expects them.
    """
    started = _take() or _start({})
    with started.orders as orders:
        message = configuration.encode()
        orders.sendall(message[socket.send_fds(orders, [message], list(descriptors)) :])
    # Deliberately not waited for: it outlives this worker.
    threading.Thread(target=started.popen.wait, name="fluxlit-reap-supervisor", daemon=True).start()


def dismiss_supervisor() -> None:
    """End the supervisor that was started ahead, if it got no orders."""
    started = _take()
    if started is not None:
        started.end()


def _take() -> _Started | None:
    # A fork of the process that started it has no right to it.
    if not _waiting or _waiting[0].owner != os.getpid():
        return None
    try:
        started = _waiting.pop()
    except IndexError:
        return None
    if started.popen.poll() is None:
        return started
    started.end()
    return None


def _start(env: Mapping[str, str]) -> _Started:
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            # Its group is its own, so that Ctrl-C in the terminal reaches the parent of the workers alone, which then
            # ends them in order.
            popen = subprocess.Popen(  # noqa: S603 - our own module with our own interpreter
                python_module("fluxlit_sidecar.sharing"),
                env={**os.environ, **env},
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
    except BaseException:
        ours.close()
        raise
    return _Started(popen, ours, os.getpid())


def read_orders() -> tuple[str, list[int]]:
    """In the supervisor: wait for the configuration and its descriptors; empty when the worker has none for it."""
    with socket.socket(fileno=os.dup(0)) as orders:
        message, descriptors, _, _ = socket.recv_fds(orders, _MOST_AT_ONCE, _MOST_DESCRIPTORS)
        while piece := orders.recv(_MOST_AT_ONCE):
            message += piece
    return message.decode(), descriptors
