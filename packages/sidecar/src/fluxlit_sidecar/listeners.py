"""Unix sockets that a gateway listens on itself, in the runtime folder: its internal API is one."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_sidecar.runtime_folder import RuntimeFolder

__all__ = ("FolderListeners",)

_BACKLOG = 2048


class FolderListeners:
    """The listening sockets of a folder, each bound when it is first asked for.

    Args:
        folder: Where they belong.
        present: Sockets that are bound already, by name.
    """

    def __init__(self, folder: RuntimeFolder, present: Mapping[str, socket.socket] | None = None) -> None:
        self._folder = folder
        self._sockets = dict(present or {})
        for listener in self._sockets.values():
            # Python takes a socket made from a descriptor for a blocking one, and dup() would make it one: for every
            # process that shares it.
            listener.setblocking(False)

    def get(self, name: str) -> socket.socket:
        """A copy of the socket called `name`, for the caller to accept on and to close."""
        if name not in self._sockets:
            path = self._folder.socket_path(name)
            path.unlink(missing_ok=True)
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                listener.bind(str(path))
                listener.listen(_BACKLOG)
                listener.setblocking(False)
            except OSError:
                listener.close()
                raise
            self._sockets[name] = listener
        return self._sockets[name].dup()

    def close(self) -> None:
        """Close them; copies stay open."""
        for listener in self._sockets.values():
            listener.close()
        self._sockets = {}
