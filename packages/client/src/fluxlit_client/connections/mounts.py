"""Transports that stand in for the network at one destination: how a test serves an application to clients in process.

A mount lasts as long as its ``with`` block. Pools never keep a mounted transport, so nothing outlives the block.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from fluxlit_client.connections.destination import Destination, parse_base_url

if TYPE_CHECKING:
    from collections.abc import Generator

    from fluxlit_client.http_library import httpx

__all__ = ("Mount", "find_mount", "mounted")


class Mount(NamedTuple):
    """What answers in the place of a server: one transport for each kind of client."""

    blocking: httpx.BaseTransport
    asynchronous: httpx.AsyncBaseTransport


_mounts: dict[Destination, Mount] = {}


def find_mount(destination: Destination) -> Mount | None:
    """What is mounted at a destination."""
    # Every request of a server's pages asks, and there are none.
    return _mounts.get(destination) if _mounts else None


@contextmanager
def mounted(base_url: str, mount: Mount) -> Generator[None]:
    """Answer the requests of this process's clients to the origin of ``base_url`` by ``mount``.

    Choose a host of your own below ``.localhost`` (RFC 6761 section 6.3), so that no other client means it.

    Raises:
        InvalidBaseUrlError: ``base_url`` is none.
    """
    destination = parse_base_url(base_url).destination
    before = _mounts.get(destination)
    _mounts[destination] = mount
    try:
        yield
    finally:
        if before is None:
            del _mounts[destination]
        else:
            _mounts[destination] = before
