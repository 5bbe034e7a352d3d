"""`APIKeys`: keys for programs, in `Authorization: Bearer flk_…` or `X-API-Key`."""

import contextlib
from collections.abc import AsyncGenerator

from fluxlit_auth.errors import CredentialsRefusedError
from fluxlit_auth.guard.api_keys.key_store import KEY_PREFIX, KeyStore
from fluxlit_auth.guard.environment import GuardEnvironment
from fluxlit_auth.guard.method import Identity
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.guard.shared_store import SharedStore
from fluxlit_sessions import AtomicSessionStore

__all__ = ("APIKeys", "APIKeysChecker")


class APIKeys:
    """Keys that `fluxlit keys create` and `app.api_keys` make.

    Args:
        store: Where they are kept; by default in the application's store.
    """

    def __init__(self, store: AtomicSessionStore | None = None) -> None:
        self.store = store

    def checker(self, environment: GuardEnvironment) -> "APIKeysChecker":
        """See `AuthMethod`."""
        return APIKeysChecker(environment.store if self.store is None else SharedStore(self.store), environment)


class APIKeysChecker:
    """Looks for keys.

    Args:
        store: Where they are kept.
        environment: Counts failures.
    """

    challenge = 'Bearer realm="API key"'

    def __init__(self, store: SharedStore, environment: GuardEnvironment) -> None:
        self._store = store
        self._keys = KeyStore(store)
        self._throttle = environment.throttle

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """See `RunningChecker`."""
        try:
            yield
        finally:
            await self._store.close()

    async def authenticate(self, request: GuardRequest) -> Identity | None:
        """See `Checker`."""
        text = _sent(request)
        if not text:
            return None
        await self._throttle.admit(request.client_host)
        record = await self._keys.find(text)
        if record is None:
            await self._throttle.failed(request.client_host)
            raise CredentialsRefusedError("no such key", challenge=self.challenge)
        return Identity(record.as_user, ambient=False, session=record.session)


def _sent(request: GuardRequest) -> str:
    own = request.headers.get("x-api-key", "").strip()
    if own:
        return own
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    # Other bearer tokens are another method's business.
    return token if scheme.lower() == "bearer" and token.startswith(KEY_PREFIX) else ""
