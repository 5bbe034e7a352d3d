"""The signed cookie that says which target a browser belongs to.

The signature keeps a browser from choosing a target; the name inside is no secret. A cookie with another key's
signature counts as none, so a changed key places every browser anew and does no harm.
"""

import base64
import hmac
from collections.abc import Iterable

__all__ = ("AffinityCookie",)

# 128 bits are out of reach for guessing, and keep the cookie short.
_SIGNATURE_BYTES = 16
# Names seen lately; each is checked once. There are as many as targets, plus what clients make up.
_REMEMBERED = 256


class AffinityCookie:
    """Reads and writes the cookie.

    Args:
        name: The cookie's name.
        key: The signing key; the same for all workers behind one address.
    """

    def __init__(self, name: str, key: bytes) -> None:
        self._prefix = name.encode("ascii") + b"="
        self._key = key
        self._checked: dict[bytes, str | None] = {}

    def read(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """Return the target's name from the request's cookies, or ``None`` when none is there with a good signature."""
        for name, value in headers:
            if name != b"cookie" or self._prefix not in value:
                continue
            for part in value.split(b";"):
                pair = part.strip()
                if pair.startswith(self._prefix):
                    target = self._verify(pair[len(self._prefix) :])
                    if target is not None:
                        return target
        return None

    def header(self, target: str, *, path: str, secure: bool) -> tuple[bytes, bytes]:
        """Return the ``Set-Cookie`` header for a target.

        Args:
            target: The target's name.
            path: The public mount, ``""`` for none.
            secure: Whether the browser came over https.
        """
        value = self._prefix + self._sign(target.encode())
        attributes = f"; Path={path or '/'}; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
        return b"set-cookie", value + attributes.encode()

    def _sign(self, name: bytes) -> bytes:
        signature = hmac.digest(self._key, name, "sha256")[:_SIGNATURE_BYTES]
        return base64.urlsafe_b64encode(name).rstrip(b"=") + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")

    def _verify(self, value: bytes) -> str | None:
        if value in self._checked:
            return self._checked[value]
        encoded = value.partition(b".")[0]
        try:
            name = base64.urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
            is_good = hmac.compare_digest(self._sign(name), value)
            target = name.decode() if is_good else None
        except ValueError:
            target = None
        if len(self._checked) >= _REMEMBERED:
            self._checked.clear()
        self._checked[value] = target
        return target
