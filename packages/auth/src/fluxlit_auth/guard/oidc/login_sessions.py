"""What is kept of each login, on the server: who it is, the provider's tokens, and how long it lasts.

A login is found by the hash of the secret in the browser's cookie: who reads the store cannot take it over. It is
listed under its user and its session at the provider, so that the provider can end it. Times are seconds since the
epoch, as several hosts write them.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fluxlit_auth.guard.shared_store import SharedStore
from fluxlit_auth.identity.user import User

__all__ = ("Login", "LoginSessions", "StoredLogin")

_PREFIX: Final = "login:"
_TOUCH_SECONDS: Final = 60.0


class Login(BaseModel):
    """A login."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: User = Field(description="Who it is.")
    issuer: str = Field(description="Who says so.")
    subject: str = Field(description="Who it is to the provider.")
    provider_session: str = Field(description="`sid` of the ID token; empty if the provider names none.")
    id_token: str = Field(repr=False, description="As the provider gave it.")
    refresh_token: str = Field(repr=False, description="Empty if there is none: then nothing is renewed.")
    expires_at: float = Field(description="When the provider's tokens do.")
    created_at: float = Field(default=0.0, description="When the user logged in.")
    touched_at: float = Field(default=0.0, description="When it was last written down that it is in use.")
    claimed_until: float = Field(default=0.0, description="Until when a process has the refreshing to itself.")


@dataclass(frozen=True, slots=True)
class StoredLogin:
    """A login as read."""

    name: str
    """What revocations call it."""
    login: Login
    version: str


class LoginSessions:
    """All logins of an application.

    Args:
        store: The store that all processes share.
        idle_seconds: How long a login lasts without a request.
        absolute_seconds: How long it lasts at all.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        store: SharedStore,
        *,
        idle_seconds: float,
        absolute_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._idle = idle_seconds
        self._absolute = absolute_seconds
        self._clock = clock

    async def begin(self, login: Login) -> str:
        """Keep a new login; the secret for the browser's cookie. It is always a fresh one (session fixation).

        Raises:
            LoginStoreError: The store does not answer.
        """
        secret = secrets.token_urlsafe(32)
        name = _name(secret)
        now = self._clock()
        for index in _indexes(login):
            # Before the login itself: whoever ends all logins of a user ends this one too, or comes first.
            await self._list(index, name, now)
        login = login.model_copy(update={"created_at": now, "touched_at": now})
        await self._store.write(name, login.model_dump(mode="json"), expected=None, ttl_seconds=self._lifetime(login))
        return secret

    async def of_cookie(self, secret: str) -> StoredLogin | None:
        """The login that a browser's cookie stands for.

        Raises:
            LoginStoreError: The store does not answer.
        """
        return await self.named(_name(secret))

    async def named(self, name: str) -> StoredLogin | None:
        """The login of this name, if it lasts.

        Raises:
            LoginStoreError: The store does not answer.
        """
        stored = await self._store.read(name)
        login = None if stored is None else _from_json(stored.data)
        if stored is None or login is None or self._lifetime(login) <= 0:
            return None
        return StoredLogin(name, login, stored.version)

    async def touch(self, found: StoredLogin) -> None:
        """Write down that a login is in use, once a minute.

        Raises:
            LoginStoreError: The store does not answer.
        """
        if self._clock() - found.login.touched_at >= min(_TOUCH_SECONDS, self._idle / 4):
            await self.replace(found, found.login)

    async def replace(self, found: StoredLogin, login: Login) -> StoredLogin | None:
        """Replace a login unless somebody else has, or it has ended; what is kept now, else `None`.

        Raises:
            LoginStoreError: The store does not answer.
        """
        login = login.model_copy(update={"touched_at": self._clock()})
        lifetime = max(self._lifetime(login), 0.001)
        version = await self._store.write(
            found.name, login.model_dump(mode="json"), expected=found.version, ttl_seconds=lifetime
        )
        return None if version is None else StoredLogin(found.name, login, version)

    async def end(self, name: str) -> Login | None:
        """End a login; what it was, for one of several callers.

        Raises:
            LoginStoreError: The store does not answer.
        """
        data = await self._store.take(name)
        return None if data is None else _from_json(data)

    async def end_all(self, issuer: str, *, subject: str = "", provider_session: str = "") -> list[str]:
        """End the logins of a session at the provider, or all of a user there; their names.

        Raises:
            LoginStoreError: The store does not answer.
        """
        index = _index(issuer, "sid", provider_session) if provider_session else _index(issuer, "sub", subject)
        listed = await self._store.take(index) or {}
        names = list(cast("dict[str, float]", listed.get("names", {})))
        return [name for name in names if await self._store.take(name) is not None]

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock()

    def _lifetime(self, login: Login) -> float:
        return min(login.touched_at + self._idle, login.created_at + self._absolute) - self._clock()

    async def _list(self, index: str, name: str, now: float) -> None:
        def with_name(data: dict[str, Any]) -> dict[str, Any]:
            names = cast("dict[str, float]", data.get("names", {}))
            living = {each: until for each, until in names.items() if until > now}
            return {"names": {**living, name: now + self._absolute}}

        await self._store.change(index, with_name, ttl_seconds=self._absolute)


def _name(secret: str) -> str:
    # Secrets are long and random: a plain hash cannot be searched backwards.
    return _PREFIX + hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _indexes(login: Login) -> list[str]:
    found = [_index(login.issuer, "sub", login.subject)]
    return [*found, _index(login.issuer, "sid", login.provider_session)] if login.provider_session else found


def _index(issuer: str, kind: str, value: str) -> str:
    digest = hashlib.sha256(f"{issuer}\n{value}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_PREFIX}{kind}:{digest}"


def _from_json(data: dict[str, Any]) -> Login | None:
    try:
        return Login.model_validate(data)
    except ValidationError:  # written by another version
        return None
