"""`SharedOIDCBFFTokenStore`: logins that any replica can finish, over a session store with an atomic `pop`."""

import hashlib

from fluxlit_sessions import AtomicSessionStore

__all__ = ("SharedOIDCBFFTokenStore",)


class SharedOIDCBFFTokenStore:
    """An `OIDCBFFTokenStore` over a session store, for several gateway processes or replicas.

        store = SharedOIDCBFFTokenStore(open_store("redis://127.0.0.1/0"))

    Only hashes of states and codes are stored as keys: who can read the store cannot use a code from it. Ages are the
    store's own business, as the clocks of two processes (`now`) say nothing to each other.

    Args:
        store: A session store whose `pop` is atomic.
        state_ttl_seconds: How long a login may take, in seconds.
        otc_ttl_seconds: How long a one-time code is good, in seconds.
    """

    def __init__(
        self, store: AtomicSessionStore, *, state_ttl_seconds: float = 600.0, otc_ttl_seconds: float = 120.0
    ) -> None:
        self._store = store
        self._state_ttl = state_ttl_seconds
        self._code_ttl = otc_ttl_seconds

    def save_pkce_verifier(self, state: str, code_verifier: str, *, now: float) -> None:
        """See `OIDCBFFTokenStore`."""
        del now
        self._store.set(_key("state", state), {"verifier": code_verifier}, ttl_seconds=self._state_ttl)

    def pop_pkce_verifier(self, state: str, *, now: float) -> str | None:
        """See `OIDCBFFTokenStore`."""
        del now
        return (self._store.pop(_key("state", state)) or {}).get("verifier")

    def save_exchange_token(self, auth_code: str, access_token: str, *, now: float) -> None:
        """See `OIDCBFFTokenStore`."""
        del now
        self._store.set(_key("code", auth_code), {"token": access_token}, ttl_seconds=self._code_ttl)

    def pop_exchange_token(self, auth_code: str, *, now: float) -> str | None:
        """See `OIDCBFFTokenStore`."""
        del now
        return (self._store.pop(_key("code", auth_code)) or {}).get("token")


def _key(kind: str, name: str) -> str:
    return f"oidc-{kind}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}"
