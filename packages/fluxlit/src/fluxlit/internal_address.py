"""Where pages reach the API: a Unix socket of the private folder, or a loopback port that asks for a secret.

Lifecycle: made before the sidecars are described, because they are told the address; a port is bound at once, and
belongs from then on to whoever serves it.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fluxlit.errors import StartupError
from fluxlit_client import unix_base_url
from fluxlit_client.connections.hop_secret import SECRET_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fluxlit_sidecar import RuntimeFolder

__all__ = ("API_SOCKET", "InternalAddress", "internal_address")

API_SOCKET = "api"
"""Name of the internal API's socket in the private folder."""
_BACKLOG = 128


@dataclass(frozen=True)
class InternalAddress:
    """Where the internal API is served."""

    base_url: str
    """What `ApiClient` in a page uses."""
    path: Path
    """The Unix socket; there is none with a listener."""
    listener: socket.socket | None = field(default=None, repr=False)
    """The bound loopback port, where there are no Unix sockets."""
    secret: str = field(default="", repr=False)
    """What each request has to carry there."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What pages' processes are told besides the base URL."""
        return {SECRET_VARIABLE: self.secret} if self.secret else {}

    def close(self) -> None:
        """Give up a port; safe after whoever served it has closed it."""
        if self.listener is not None:
            self.listener.close()


def internal_address(folder: RuntimeFolder, *, prefix: str, transport: str, in_process: bool) -> InternalAddress:
    """The address in the folder of this process.

    Args:
        folder: The private folder.
        prefix: The API prefix, such as `/api`.
        transport: `unix`, `tcp`, or `auto` for Unix sockets wherever the system has them. Workers that share a folder
            hand each other sockets, which takes Unix sockets anyway, so they keep to them.
        in_process: Whether pages run in this process, so that the address is a name and nothing is bound to it.

    Raises:
        StartupError: No port can be bound.
    """
    path = folder.socket_path(API_SOCKET)
    unix = hasattr(socket, "AF_UNIX") and transport != "tcp"
    if unix or in_process or not folder.owned:
        return InternalAddress(base_url=unix_base_url(str(path), prefix=prefix), path=path)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.bind(("127.0.0.1", 0))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise StartupError(f"cannot bind a port of 127.0.0.1 for the internal API: {error}") from error
    port = listener.getsockname()[1]
    return InternalAddress(
        base_url=f"http://127.0.0.1:{port}{prefix.rstrip('/')}",
        path=path,
        listener=listener,
        secret=folder.secret("internal-api"),
    )
