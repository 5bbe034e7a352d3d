"""Where a client's requests go: an origin reached over TCP, or over a Unix socket."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from fluxlit_client.errors import InvalidBaseUrlError

if TYPE_CHECKING:
    from fluxlit_client.http_library import httpx

__all__ = ("BaseUrl", "Destination", "parse_base_url", "unix_base_url")

_UNIX_SCHEME = "http+unix"
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Destination:
    """What connections can be shared by: scheme, host and port, and the socket path if there is one."""

    scheme: str
    host: str
    port: int
    socket_path: str | None = None

    @property
    def is_loopback(self) -> bool:
        """Whether requests stay on this machine, so that no proxy may see them."""
        if self.socket_path is not None or self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def serves(self, url: httpx.URL) -> bool:
        """Whether ``url`` is of this origin (RFC 6454: scheme, host and port)."""
        return self.scheme == url.scheme and self.host == url.host and self.port == _port_of(url)

    @classmethod
    def of(cls, url: httpx.URL) -> Destination:
        """The destination of an ``http`` or ``https`` URL reached over TCP."""
        return cls(scheme=url.scheme, host=url.host, port=_port_of(url))


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """A base URL taken apart.

    Attributes:
        text: As it was given, without trailing slashes.
        url: What request paths are appended to, always ``http://`` or ``https://``, without a trailing slash.
        destination: Whose connections serve it.
    """

    text: str
    url: str
    destination: Destination

    @property
    def shown(self) -> str:
        """The text without ``user:password@``, for messages."""
        scheme, _, rest = self.text.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


def unix_base_url(socket_path: str, *, prefix: str = "/api") -> str:
    """The base URL of an API that listens on a Unix socket.

    Args:
        socket_path: Absolute path of the socket.
        prefix: Where the API is mounted behind it.
    """
    return f"{_UNIX_SCHEME}://{quote(socket_path, safe='')}{prefix.rstrip('/')}"


@lru_cache(maxsize=256)
def parse_base_url(base_url: str) -> BaseUrl:
    """Take a base URL apart.

    Args:
        base_url: ``http(s)://host[:port][/prefix]`` or ``http+unix://<percent-encoded socket path>[/prefix]``.

    Raises:
        InvalidBaseUrlError: It is neither.
    """
    text = base_url.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        port = parts.port if parts.scheme != _UNIX_SCHEME else None
    except ValueError as error:
        raise InvalidBaseUrlError(base_url, str(error)) from error
    if parts.query or parts.fragment or "\\" in text:
        raise InvalidBaseUrlError(base_url, "it must have no query, fragment or backslash")
    if parts.scheme == _UNIX_SCHEME:
        return _unix_base(base_url, text)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise InvalidBaseUrlError(base_url, "it must begin with http://, https:// or http+unix:// and name a host")
    destination = Destination(parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme])
    return BaseUrl(text, text, destination)


def _unix_base(base_url: str, text: str) -> BaseUrl:
    # urlsplit().hostname would fold the socket path to lower case; netloc leaves it alone.
    parts = urlsplit(text)
    socket_path = unquote(parts.netloc)
    if not socket_path.startswith("/"):
        raise InvalidBaseUrlError(
            base_url, "the socket's path must be absolute and percent-encoded (%2Frun%2Fapi.sock)"
        )
    destination = Destination("http", "localhost", _DEFAULT_PORTS["http"], socket_path)
    return BaseUrl(text, f"http://localhost{parts.path}", destination)


def _port_of(url: httpx.URL) -> int:
    return url.port or _DEFAULT_PORTS.get(url.scheme, 0)
