"""Ports and addresses of this machine."""

from __future__ import annotations

import socket

from fluxlit_gateway import normalize_api_mount_path

__all__ = ("find_free_port", "internal_api_base_url")

_ANY_HOST = frozenset({"", "0.0.0.0", "::", "[::]"})  # noqa: S104 - compared with, not bound


def find_free_port() -> int:
    """A TCP port of the loopback address that nobody listens on now; prefer to bind port 0."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def internal_api_base_url(*, bind_host: str, port: int, api_mount_path: str) -> str:
    """Where a program on this machine reaches an API that is bound to `bind_host`.

    Args:
        bind_host: Name or address; an address that stands for all becomes loopback.
        port: The port.
        api_mount_path: The API's prefix.
    """
    host = "127.0.0.1" if bind_host in _ANY_HOST else bind_host.strip("[]")
    if ":" in host:
        host = f"[{host}]"
    return f"http://{host}:{port}{normalize_api_mount_path(api_mount_path).rstrip('/')}"
