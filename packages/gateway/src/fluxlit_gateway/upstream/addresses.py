"""Reading an upstream's address."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from fluxlit_gateway.errors import GatewayConfigurationError

__all__ = ("Address", "parse_address")

_HTTP_PORT = 80


@dataclass(frozen=True)
class Address:
    """Where to connect.

    Attributes:
        socket_path: The Unix socket, or ``None`` for TCP.
        host: The host name or IP literal without brackets, for TCP.
        port: The TCP port.
        netloc: What a ``Host`` header says when the client sent none.
        is_local: Whether the kernel itself reports the end of the peer (Unix socket or loopback), so that a vanished
            peer cannot go unnoticed.
    """

    socket_path: str | None
    host: str
    port: int
    netloc: str
    is_local: bool


@lru_cache(maxsize=256)
def parse_address(address: str) -> Address:
    """Read ``unix:/absolute/path`` or ``http://host[:port]``.

    Raises:
        GatewayConfigurationError: For anything else.
    """
    if address.startswith("unix:"):
        path = address.removeprefix("unix:")
        if not path.startswith("/"):
            raise GatewayConfigurationError(f"upstream address {address!r} needs an absolute path: unix:/run/ui.sock")
        return Address(socket_path=path, host="", port=0, netloc="localhost", is_local=True)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as exc:
        raise GatewayConfigurationError(f"upstream address {address!r} is no URL: {exc}") from exc
    if parts.scheme != "http" or not host or parts.path.strip("/") or parts.query or parts.username:
        raise GatewayConfigurationError(
            f"upstream address {address!r} is neither unix:/absolute/path nor http://host:port "
            "(no path, no credentials; TLS belongs in front of the gateway)"
        )
    is_local = host in {"localhost", "::1"} or host.startswith("127.")
    return Address(socket_path=None, host=host, port=port or _HTTP_PORT, netloc=parts.netloc, is_local=is_local)
