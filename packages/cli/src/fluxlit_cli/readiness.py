"""Asks a server's ``/readyz`` over TCP or its Unix socket, with the standard library alone: status must be quick."""

import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from fluxlit_cli.errors import CliError

__all__ = ("Readiness", "ask_readiness")

_OK = 200


@dataclass(frozen=True)
class Readiness:
    """What ``/readyz`` said.

    Attributes:
        status: HTTP status.
        body: Its JSON object, empty when it sent none.
    """

    status: int
    body: dict[str, Any]

    @property
    def ready(self) -> bool:
        """Whether pages can be served."""
        return self.status == _OK


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def ask_readiness(base: str, path: str, *, timeout: float = 3.0) -> Readiness | None:
    """The answer of ``path`` at ``base``, or ``None`` when nobody answers.

    Args:
        base: ``http://host:port``, ``https://host:port`` or ``unix:/path/to.sock``.
        path: Path of the readiness route.
        timeout: Seconds for each step of the exchange.

    Raises:
        CliError: ``base`` is no such address.
    """
    connection = _connection(base, timeout)
    try:
        connection.request("GET", path, headers={"Accept": "application/json"})
        response = connection.getresponse()
        text = response.read(1_000_000)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    return Readiness(status=response.status, body=cast("dict[str, Any]", body) if isinstance(body, dict) else {})


def _connection(base: str, timeout: float) -> http.client.HTTPConnection:
    if base.startswith("unix:"):
        return _UnixConnection(base.removeprefix("unix:"), timeout)
    parts = urlsplit(base)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == -1:
        raise CliError(f"{base!r} is no address of a server; give one such as http://127.0.0.1:8000.")
    if parts.scheme == "https":
        return http.client.HTTPSConnection(parts.hostname, port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(parts.hostname, port, timeout=timeout)
