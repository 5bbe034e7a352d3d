"""The socket of a sidecar: bound by the parent, so that no port is guessed and no second process can take it.

Where there are Unix sockets it is one in the private folder, which nobody else can reach. Elsewhere it is a port of the
loopback interface, which every user of the machine can reach: there each request has to carry the secret of this run.
"""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Literal, Protocol

from fluxlit_sidecar.child.names import HOP_SECRET_HEADER

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from fluxlit_sidecar.runtime_folder import RuntimeFolder

__all__ = ("Listener", "TcpListener", "UnixListener", "listener_for")

# More than the connections that one sidecar is sent at once while its loop is busy.
_BACKLOG = 2048


class Listener(Protocol):
    """Where one sidecar is reached."""

    @property
    def address(self) -> str:
        """``unix:/path.sock`` or ``http://127.0.0.1:port``; complete once it has been bound."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """What every request on the private hop must carry."""
        ...

    @property
    def secret(self) -> str:
        """What the child asks every request for; empty where nobody else can reach it."""
        ...

    def bound(self) -> contextlib.AbstractContextManager[socket.socket]:
        """The bound, listening socket, for the child to inherit.

        It is closed here afterwards: while the parent held it too, connections to a dead child would hang in its queue
        instead of being refused.
        """
        ...

    def remove(self) -> None:
        """Remove what is left of it."""
        ...


def listener_for(name: str, *, folder: RuntimeFolder, transport: Literal["auto", "unix", "tcp"]) -> Listener:
    """The listener of the sidecar called `name`; ``auto`` takes Unix sockets where the system has them."""
    if transport == "tcp" or (transport == "auto" and not hasattr(socket, "AF_UNIX")):
        return TcpListener(folder.secret("hop"))
    return UnixListener(folder.socket_path(name))


class UnixListener:
    """A Unix socket at `path`.

    Args:
        path: Must not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.address = f"unix:{path}"
        self.headers: Mapping[str, str] = {}
        self.secret = ""

    @contextlib.contextmanager
    def bound(self) -> Generator[socket.socket]:
        """See `Listener`."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(self._path))
            listener.listen(_BACKLOG)
            yield listener

    def remove(self) -> None:
        """Remove the socket's file."""
        self._path.unlink(missing_ok=True)


class TcpListener:
    """A port of the loopback interface, chosen by the system.

    Args:
        secret: What every request must carry in the header ``X-FluxLit-Hop-Secret``.
    """

    def __init__(self, secret: str) -> None:
        self.address = ""
        self.headers: Mapping[str, str] = {HOP_SECRET_HEADER: secret}
        self.secret = secret

    @contextlib.contextmanager
    def bound(self) -> Generator[socket.socket]:
        """See `Listener`."""
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(_BACKLOG)
            self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield listener

    def remove(self) -> None:
        """There is nothing left of a port."""
