"""The signed cookie that carries the token of a browser's session.

Its value is `token.issued.user.signature`: when the token was issued (seconds since the epoch) and for whom (a keyed
hash of the user's id, `-` for nobody) cannot be changed without the key. A value with another signature counts as none,
so a browser cannot choose its token (session fixation), and a made-up token costs no look into the store.
"""

from __future__ import annotations

import base64
import hmac
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ("NOBODY", "IssuedToken", "SessionCookie")

NOBODY = "-"
"""Stands for the user of a visitor who has not logged in."""

_VALUE = re.compile(rb"([A-Za-z0-9_-]{43})\.(\d{1,12})\.(-|[A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")
_OWNER_BYTES = 16
_NAME_BYTES = 4


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """What a cookie says, once its signature has been checked."""

    token: str
    issued_at: int
    """Seconds since the epoch."""
    owner: str
    """The hash of the user's id (see `SessionCookie.owner`), or `NOBODY`."""


class SessionCookie:
    """Reads and writes the cookie.

    Args:
        key: Signs it; the same in all processes and replicas behind one address.
        max_age_seconds: After this a token is not accepted any more, and browsers forget it.
        clock: Seconds since the epoch.
    """

    def __init__(self, key: bytes, *, max_age_seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._key = hmac.digest(key, b"session cookie", "sha256")
        self._max_age_seconds = max_age_seconds
        self._clock = clock
        # Cookies do not know ports: two applications on one host would overwrite each other's.
        self.name = f"fluxlit_session_{hmac.digest(key, b'cookie name', 'sha256')[:_NAME_BYTES].hex()}"
        self._prefix = self.name.encode("ascii") + b"="

    def owner(self, user: str | None) -> str:
        """What stands for a user in the cookie."""
        if user is None:
            return NOBODY
        digest = hmac.digest(self._key, b"user\0" + user.encode("utf-8", "surrogatepass"), "sha256")
        return _text(digest[:_OWNER_BYTES])

    def read(self, headers: Iterable[tuple[bytes, bytes]]) -> IssuedToken | None:
        """The token in a request's cookies; `None` without one that was issued here and is not too old."""
        for name, value in headers:
            if name != b"cookie" or self._prefix not in value:
                continue
            for part in value.split(b";"):
                pair = part.strip()
                if pair.startswith(self._prefix):
                    issued = self._verified(pair[len(self._prefix) :])
                    if issued is not None:
                        return issued
        return None

    def header(self, token: str, *, owner: str, path: str, is_secure: bool) -> tuple[bytes, bytes]:
        """The `Set-Cookie` header that gives a token to a browser.

        Args:
            token: Of the session.
            owner: See `owner`.
            path: The public mount; empty for none.
            is_secure: Whether the browser came over https, and is to send it over https alone.
        """
        payload = f"{token}.{int(self._clock())}.{owner}".encode("ascii")
        attributes = f"; Path={path or '/'}; Max-Age={int(self._max_age_seconds)}; HttpOnly; SameSite=Lax"
        secure = "; Secure" if is_secure else ""
        return b"set-cookie", self._prefix + payload + b"." + self._sign(payload) + (attributes + secure).encode()

    def age_seconds(self, issued: IssuedToken) -> float:
        """Seconds since a token was issued."""
        return self._clock() - issued.issued_at

    def _verified(self, value: bytes) -> IssuedToken | None:
        found = _VALUE.fullmatch(value)
        if found is None or not hmac.compare_digest(self._sign(value.rpartition(b".")[0]), found[4]):
            return None
        issued = IssuedToken(found[1].decode(), int(found[2]), found[3].decode())
        return issued if self.age_seconds(issued) < self._max_age_seconds else None

    def _sign(self, payload: bytes) -> bytes:
        return _text(hmac.digest(self._key, payload, "sha256")).encode("ascii")


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
