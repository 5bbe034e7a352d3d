"""The socket of a sidecar: bound by the parent, so that no port is guessed and no second process can take it."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

__all__ = ("Listener",)

# More than the connections that one sidecar is sent at once while its loop is busy.
_BACKLOG = 2048


class Listener:
    """A Unix socket at `path`.

    Args:
        path: Must not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.address = f"unix:{path}"

    @contextlib.contextmanager
    def bound(self) -> Generator[socket.socket]:
        """The bound, listening socket, for the child to inherit.

        It is closed here afterwards: while the parent held it too, connections to a dead child would hang in its queue
        instead of being refused.
        """
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(self._path))
            listener.listen(_BACKLOG)
            yield listener

    def remove(self) -> None:
        """Remove the socket's file."""
        self._path.unlink(missing_ok=True)
