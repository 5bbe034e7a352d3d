"""What the reloading parent of ``dev`` and its serving child tell each other, over one Unix socket.

The first child binds the public address and sends the listening socket to the parent, which hands it to each later
child: the port stays, and requests that arrive between two children wait. When the parent ends, however it ends, the
socket closes and the child leaves.
"""

import asyncio
import json
import os
import socket
from dataclasses import asdict

from fluxlit_cli.serving.start_screen import Addresses

__all__ = (
    "CHANNEL_VARIABLE",
    "LISTENER_VARIABLE",
    "is_reload_child",
    "listener_of_parent",
    "parent_gone",
    "tell_parent",
)

CHANNEL_VARIABLE = "FLUXLIT_CLI_RELOAD_FD"
LISTENER_VARIABLE = "FLUXLIT_CLI_LISTEN_FD"


def is_reload_child() -> bool:
    """Whether a reloading parent started this process."""
    return CHANNEL_VARIABLE in os.environ


def listener_of_parent() -> int | None:
    """File descriptor of the public socket that the parent holds, or ``None``."""
    value = os.environ.get(LISTENER_VARIABLE, "")
    return int(value) if value.isdecimal() else None


def tell_parent(listener: socket.socket, addresses: Addresses) -> None:
    """Send the public socket and what is served on it."""
    with socket.socket(fileno=os.dup(int(os.environ[CHANNEL_VARIABLE]))) as channel:
        channel.setblocking(True)
        socket.send_fds(channel, [json.dumps(asdict(addresses)).encode()], [listener.fileno()])


async def parent_gone() -> None:
    """Return when the parent process ends."""
    channel = socket.socket(fileno=os.dup(int(os.environ[CHANNEL_VARIABLE])))
    channel.setblocking(False)
    with channel:
        while await asyncio.get_running_loop().sock_recv(channel, 1):
            pass
