"""The key that signs session cookies: the application's own secret, or a random one that the store keeps.

A key in the store is shared by all that share the sessions (workers, replicas) and outlives restarts, so nothing has to
be configured. Whoever can read the store can read the sessions anyway.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from fluxlit_sessions.errors import UnreadableSessionError

if TYPE_CHECKING:
    from fluxlit_sessions.protocols import AtomicSessionStore

__all__ = ("signing_key",)

_ENTRY = "cookie-key"
_KEY_BYTES = 32


def signing_key(store: AtomicSessionStore, secret: str = "") -> bytes:
    """The key of an application.

    Args:
        store: Where a random key is kept for good; of several processes that come first, one makes it.
        secret: Used instead if it is not empty.

    Raises:
        StoreUnavailableError: The store does not answer.
        UnreadableSessionError: Something else is stored in the key's place.
    """
    if secret:
        return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
    stored = store.get(_ENTRY)
    if stored is None:
        store.compare_and_set(_ENTRY, {"key": secrets.token_hex(_KEY_BYTES)}, expected=None, ttl_seconds=0)
        stored = store.get(_ENTRY) or {}
    key = stored.get("key")
    try:
        return bytes.fromhex(str(key))
    except ValueError as error:
        raise UnreadableSessionError(
            f"the entry {_ENTRY!r} of the session store is no key; delete it, or set a secret for the session cookie"
        ) from error
