"""Entries of the access log: what each line says, without secrets, and what the lines of equal requests share.

Few different requests make most of the traffic, so that what their lines have in common is worked out once.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from fluxlit_gateway.redaction import redact_query, redact_text

__all__ = ("AccessEntry", "AccessKey", "AccessedRequest", "AccessedRequests", "OverRequest")

# Control characters would let a path write lines of its own into the log.
_PRINTABLE_SPACE = str.maketrans({code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160))})
_REMEMBERED = 512
# What clients make up does not fill the memory.
_LONGEST_REMEMBERED = 500

AccessKey: TypeAlias = tuple[str, str, str, bytes, int, str]
"""Of a request: who answered, method (``WEBSOCKET`` for one), path and query as they came, status, client."""

OverRequest: TypeAlias = tuple[AccessKey, bytes, float, float]
"""A request that is over, its id, and ``time.monotonic()`` at its first and last byte.

As little as can be noted while somebody waits, and nothing that would keep the request's objects alive.
"""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AccessedRequest:
    """What the lines of equal requests share. The same object stands for them for as long as it is remembered."""

    level: str
    dispatch: str
    method: str
    path: str
    query: str
    status: int
    client: str

    def message_parts(self) -> tuple[str, str, str]:
        """The line for people: what stands before the duration, between it and the request's id, and after that."""
        target = f"{self.path}?{self.query}" if self.query else self.path
        before = f"{self.method} {target} {self.status or 'no answer'} in "
        return before, f" ms ({self.dispatch}, request ", f", from {self.client})"


class AccessEntry(NamedTuple):
    """One line."""

    created: float
    """When the request was over: seconds since the epoch."""
    request_id: str
    """Letters, digits and ``._~+/=:@-``."""
    duration_ms: float
    """From first to last byte."""
    request: AccessedRequest

    @property
    def message(self) -> str:
        """The line for people."""
        before, between, after = self.request.message_parts()
        return f"{before}{self.duration_ms}{between}{self.request_id}{after}"


class AccessedRequests:
    """Takes the secrets out of requests, and remembers the last ones.

    Args:
        level: Of the log, by name.
        sensitive_query_keys: Lower-case keys whose values are not written.
    """

    def __init__(self, *, level: str, sensitive_query_keys: frozenset[str]) -> None:
        self._level = level
        self._sensitive = sensitive_query_keys
        self._remembered = lru_cache(_REMEMBERED)(self._read)

    def entries(self, requests: Iterable[OverRequest]) -> list[AccessEntry]:
        """Return what may be written about requests that are just over."""
        since_epoch = time.time() - time.monotonic()
        return [
            AccessEntry(
                ended + since_epoch, request_id.decode("ascii"), round((ended - started) * 1000, 1), self._of(key)
            )
            for key, request_id, started, ended in requests
        ]

    def _of(self, key: AccessKey) -> AccessedRequest:
        is_short = len(key[2]) + len(key[3]) <= _LONGEST_REMEMBERED
        return self._remembered(key) if is_short else self._read(key)

    def _read(self, key: AccessKey) -> AccessedRequest:
        dispatch, method, path, query, status, client = key
        if not path.isprintable():
            path = path.translate(_PRINTABLE_SPACE)
        return AccessedRequest(
            level=self._level,
            dispatch=dispatch,
            method=method,
            path=redact_text(path),
            query=redact_query(query, self._sensitive) if query else "",
            status=status,
            client=client,
        )
