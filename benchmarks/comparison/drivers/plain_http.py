"""One GET at a time, nothing decoded: what came over the wire is what is given."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS = 30.0


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: Of the answer.
        headers: By lower-case name; a repeated one has its last value.
        cookies: Set by it, ready for a ``Cookie`` header.
        body: As it came, compressed or not.
    """

    status: int
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    body: bytes


def get(url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Ask for `url`."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=_SECONDS)
    try:
        connection.request("GET", where.path or "/", headers=dict(headers or {}))
        response = connection.getresponse()
        pairs = [(name.lower(), value) for name, value in response.getheaders()]
        set_cookies = [value.partition(";")[0].partition("=") for name, value in pairs if name == "set-cookie"]
        return Answer(response.status, dict(pairs), {name: value for name, _, value in set_cookies}, response.read())
    finally:
        connection.close()
