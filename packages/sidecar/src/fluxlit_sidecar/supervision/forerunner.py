"""A forerunner: a process that is started before it is known what it will serve, and becomes the first sidecar.

A program that begins to load its application can have the first sidecar import everything else meanwhile, on another
core. The process is told what it is to serve when the pool starts its first child: the environment, the folder and the
socket that this child would have got. The child's half compares them with its own and starts over, in the same process,
when one differs that it has already made use of (`fluxlit_sidecar.streamlit_server.forerunner`).

Lifecycle: `start_forerunner` starts the one of this process; whoever starts the first child of the same command takes
it over with `take_forerunner`; `dismiss_forerunner` ends one that nobody took. It leaves by itself when this process
ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxlit_sidecar.child import names
from fluxlit_sidecar.supervision.launch import LaunchedChild, launch_child

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ("dismiss_forerunner", "start_forerunner", "take_forerunner")


@dataclass(frozen=True)
class _Forerunner:
    command: tuple[str, ...]
    child: LaunchedChild
    orders: socket.socket
    owner: int
    """Process that started it: a fork of that one must leave it alone."""

    def end(self) -> None:
        self.orders.close()
        self.child.popen.kill()
        self.child.popen.wait()
        self.child.close()


# At most one; a list, because taking it out is one step that no other thread can come between.
_waiting: list[_Forerunner] = []


def start_forerunner(command: Sequence[str], *, env: Mapping[str, str]) -> None:
    """Start the forerunner of this process; nothing if there is one, or if the system refuses another process.

    Args:
        command: What the first sidecar will be started with.
        env: Variables for the time until it gets its orders, over those of this process.
    """
    if _waiting:
        return
    ours, theirs = socket.socketpair()
    try:
        told = {**os.environ, **env, names.ORDERS_FD: str(theirs.fileno())}
        child = launch_child(command, env=told, folder=None, passed=(theirs.fileno(),))
    except OSError:
        # The sidecar itself will meet the same, and says so.
        ours.close()
        return
    finally:
        theirs.close()
    _waiting.append(_Forerunner(tuple(command), child, ours, os.getpid()))


def take_forerunner(
    command: Sequence[str], *, env: Mapping[str, str], folder: Path | None, listener: socket.socket
) -> LaunchedChild | None:
    """Let the forerunner become a child; None when there is none for this command, or it can take no orders.

    Args:
        command: The child's.
        env: The whole environment that the child would be started with.
        folder: The folder that it would be started in; this process's by default.
        listener: The socket that it would inherit.
    """
    if not _waiting or _waiting[0].owner != os.getpid() or _waiting[0].command != tuple(command):
        return None
    try:
        forerunner = _waiting.pop()
    except IndexError:
        return None
    message = json.dumps({"env": dict(env), "folder": str(folder or os.getcwd())}).encode()  # noqa: PTH109 - as the child will compare it
    if forerunner.child.popen.poll() is None and _give(forerunner.orders, message, listener):
        return forerunner.child
    forerunner.end()
    return None


def _give(orders: socket.socket, message: bytes, listener: socket.socket) -> bool:
    # It reads when it has imported everything: what the socket cannot hold would keep us waiting for that.
    with orders, contextlib.suppress(OSError):
        orders.setblocking(False)
        return socket.send_fds(orders, [message], [listener.fileno()]) == len(message)
    return False


def dismiss_forerunner() -> None:
    """End the forerunner of this process, if there is one that nobody took."""
    if _waiting and _waiting[0].owner == os.getpid():
        with contextlib.suppress(IndexError):
            _waiting.pop().end()
