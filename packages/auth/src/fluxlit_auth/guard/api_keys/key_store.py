"""`KeyStore`: makes, lists and revokes API keys, and finds them again by what a program sends.

A key is `flk_<id>_<secret>`. The secret is 256 random bits, so that its plain hash cannot be searched backwards;
nothing else of it is kept. Times are seconds since the epoch.
"""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fluxlit_auth.errors import AuthConfigurationError, LoginStoreError
from fluxlit_auth.guard.revocations import Revocations
from fluxlit_auth.guard.shared_store import SharedStore
from fluxlit_auth.identity.user import User
from fluxlit_sessions import SessionError

__all__ = ("KEY_PREFIX", "KeyRecord", "KeyStore", "NewKey")

KEY_PREFIX: Final = "flk_"
"""Begins every key, so that scanners for leaked secrets can tell them."""

_KEY: Final = re.compile(r"flk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_IDS: Final = "apikey:"
_NEVER: Final = 0.0
_TOUCH_SECONDS: Final = 60.0


class KeyRecord(BaseModel):
    """What is kept of a key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="Names the key; not secret.")
    digest: str = Field(repr=False, description="SHA-256 of the secret.")
    name: str = Field(description="What it is for.")
    user: str = Field(description="Whom its bearer is to the application.")
    roles: frozenset[str] = Field(default=frozenset(), description="Roles of that user.")
    scopes: frozenset[str] = Field(default=frozenset(), description="Scopes of that user.")
    created_at: float = Field(description="When it was made.")
    expires_at: float | None = Field(default=None, description="When it ends; `None` for never.")
    used_at: float | None = Field(default=None, description="When it was last used, to the minute.")

    @property
    def session(self) -> str:
        """What revocations call it."""
        return f"key:{self.id}"

    @property
    def as_user(self) -> User:
        """Who its bearer is."""
        return User(id=self.user, name=self.name, roles=self.roles, scopes=self.scopes)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made."""

    text: str
    """What the program sends. It is not kept, and cannot be shown again."""
    record: KeyRecord

    def __repr__(self) -> str:
        # The text ends up in logs otherwise.
        return f"NewKey(record={self.record!r})"


class KeyStore:
    """All API keys of an application.

    Args:
        store: The store that all processes share.
        clock: Seconds since the epoch.
    """

    def __init__(self, store: SharedStore, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._revocations = Revocations(store)
        self._clock = clock

    async def create(
        self,
        name: str,
        *,
        user: str = "",
        roles: Iterable[str] = (),
        scopes: Iterable[str] = (),
        expires_seconds: float | None = None,
    ) -> NewKey:
        """Make a key.

        Args:
            name: What it is for.
            user: Whom its bearer is to the application; by default `key:` and the key's id.
            roles: Roles of that user.
            scopes: Scopes of that user.
            expires_seconds: How long it lasts, in seconds; `None` for ever.

        Raises:
            AuthConfigurationError: It has no name, or has ended before it begins.
            LoginStoreError: The store does not answer.
        """
        if not name.strip() or (expires_seconds is not None and expires_seconds <= 0):
            raise AuthConfigurationError(f"a key needs a name and a time to live: {name!r}, {expires_seconds!r}")
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        now = self._clock()
        record = KeyRecord(
            id=key_id,
            digest=_digest(secret),
            name=name.strip(),
            user=user or f"key:{key_id}",
            roles=frozenset(roles),
            scopes=frozenset(scopes),
            created_at=now,
            expires_at=None if expires_seconds is None else now + expires_seconds,
        )
        lifetime = _NEVER if expires_seconds is None else expires_seconds
        await self._store.write(_IDS + key_id, record.model_dump(mode="json"), expected=None, ttl_seconds=lifetime)
        return NewKey(f"{KEY_PREFIX}{key_id}_{secret}", record)

    async def find(self, text: str) -> KeyRecord | None:
        """The key that a program sent, if it is one; its use is written down once a minute.

        Raises:
            LoginStoreError: The store does not answer.
        """
        match = _KEY.fullmatch(text)
        stored = None if match is None else await self._store.read(_IDS + match[1])
        record = None if stored is None else _record(stored.data)
        if match is None or stored is None or record is None:
            return None
        now = self._clock()
        fits = hmac.compare_digest(record.digest, _digest(match[2]))
        if not fits or (record.expires_at is not None and record.expires_at <= now):
            return None
        if record.used_at is None or now - record.used_at >= _TOUCH_SECONDS:
            lifetime = _NEVER if record.expires_at is None else record.expires_at - now
            used = record.model_copy(update={"used_at": now}).model_dump(mode="json")
            # Nothing is written for a key that was revoked meanwhile: its version is gone.
            await self._store.write(_IDS + record.id, used, expected=stored.version, ttl_seconds=lifetime)
        return record

    async def every(self) -> list[KeyRecord]:
        """All keys, the oldest first.

        Raises:
            LoginStoreError: The store does not answer.
        """
        try:
            names = [name async for name in self._store.face.iterate(_IDS)]
        except SessionError as error:
            raise LoginStoreError(str(error)) from error
        found = [await self._store.read(name) for name in names]
        records = [record for stored in found if stored is not None and (record := _record(stored.data)) is not None]
        return sorted(records, key=lambda record: (record.created_at, record.id))

    async def revoke(self, key_id: str) -> bool:
        """End a key, and the sockets that it has opened in any process; whether there was one.

        Raises:
            LoginStoreError: The store does not answer.
        """
        data = await self._store.take(_IDS + key_id)
        record = None if data is None else _record(data)
        if record is not None:
            await self._revocations.announce([record.session])
        return record is not None

    async def close(self) -> None:
        """Give back connections to the store."""
        await self._store.close()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(data: dict[str, object]) -> KeyRecord | None:
    try:
        return KeyRecord.model_validate(data)
    except ValidationError:  # written by another version
        return None
