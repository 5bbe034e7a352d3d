"""What a login keeps between its steps: the PKCE verifier until the callback, the token until Streamlit fetches it."""

import hashlib
import threading
from collections import OrderedDict
from typing import Final, Protocol

__all__ = ("InMemoryOIDCBFFTokenStore", "OIDCBFFTokenStore")

# A login is some 300 bytes: a flood of logins ends at 15 MB.
_ENTRIES: Final = 50_000


class OIDCBFFTokenStore(Protocol):
    """Keeps things that are taken out once. `now` is `time.monotonic()`, in seconds.

    May block: it is called in a thread.
    """

    def save_pkce_verifier(self, state: str, code_verifier: str, *, now: float) -> None:
        """Keep the verifier of a login that has begun."""
        ...

    def pop_pkce_verifier(self, state: str, *, now: float) -> str | None:
        """Take the verifier out: of several callers one gets it. `None` if it is unknown or too old."""
        ...

    def save_exchange_token(self, auth_code: str, access_token: str, *, now: float) -> None:
        """Keep the token that a one-time code stands for."""
        ...

    def pop_exchange_token(self, auth_code: str, *, now: float) -> str | None:
        """Take the token out: of several callers one gets it. `None` if it is unknown or too old."""
        ...


class InMemoryOIDCBFFTokenStore:
    """Keeps them in this process: for one gateway process. Safe for threads.

    Args:
        state_ttl_seconds: How long a login may take, in seconds.
        otc_ttl_seconds: How long a one-time code is good, in seconds.
        max_entries: How many of each kind are kept; beyond that the oldest are dropped.
    """

    def __init__(
        self, state_ttl_seconds: float = 600.0, otc_ttl_seconds: float = 120.0, *, max_entries: int = _ENTRIES
    ) -> None:
        self._verifiers = _Expiring(state_ttl_seconds, max_entries)
        self._tokens = _Expiring(otc_ttl_seconds, max_entries)

    def save_pkce_verifier(self, state: str, code_verifier: str, *, now: float) -> None:
        """See `OIDCBFFTokenStore`."""
        self._verifiers.save(state, code_verifier, now)

    def pop_pkce_verifier(self, state: str, *, now: float) -> str | None:
        """See `OIDCBFFTokenStore`."""
        return self._verifiers.pop(state, now)

    def save_exchange_token(self, auth_code: str, access_token: str, *, now: float) -> None:
        """See `OIDCBFFTokenStore`."""
        self._tokens.save(auth_code, access_token, now)

    def pop_exchange_token(self, auth_code: str, *, now: float) -> str | None:
        """See `OIDCBFFTokenStore`."""
        return self._tokens.pop(auth_code, now)


class _Expiring:
    """One kind of entry, oldest first, so that what has expired is always in front: each call costs the same.

    Keys are kept as their hashes: how long a look-up takes then tells nothing about the keys that are there.
    """

    def __init__(self, ttl_seconds: float, max_entries: int) -> None:
        self._ttl = ttl_seconds
        self._max_entries = max(1, max_entries)
        self._entries: OrderedDict[bytes, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def save(self, key: str, value: str, now: float) -> None:
        with self._lock:
            hashed = _hashed(key)
            self._entries.pop(hashed, None)
            self._entries[hashed] = (value, now)
            self._drop_expired(now)
            while len(self._entries) > self._max_entries:
                self._entries.popitem(last=False)

    def pop(self, key: str, now: float) -> str | None:
        with self._lock:
            self._drop_expired(now)
            value, _saved = self._entries.pop(_hashed(key), (None, now))
            return value

    def _drop_expired(self, now: float) -> None:
        while self._entries:
            _value, saved = next(iter(self._entries.values()))
            if now - saved <= self._ttl:
                return
            self._entries.popitem(last=False)


def _hashed(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
