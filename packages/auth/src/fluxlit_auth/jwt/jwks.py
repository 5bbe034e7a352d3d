"""`PublishedKeys`: the keys that an issuer publishes at its JWKS URL, fetched when needed and kept.

Lifecycle: nothing is fetched until the first token comes. A fetched set is used for `lifetime_seconds`; then the next
token fetches it anew. A token that names a key which is not there, as after a rotation, has the set fetched at once,
but not more often than every `refresh_interval_seconds`, so that made-up key ids cost the issuer nothing. While the
issuer is down, keys that were fetched before serve on for `stale_seconds`; without any, tokens are answered with 503,
and the next attempt is made after `retry_seconds`. However many tokens wait, one fetch is under way.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from typing import Final
from weakref import WeakKeyDictionary

from joserfc.jwk import Key
from pydantic import BaseModel, ConfigDict, Field

from fluxlit_auth.errors import KeysUnavailableError
from fluxlit_auth.http_library import httpx
from fluxlit_auth.jwt.config import ASYMMETRIC_ALGORITHMS
from fluxlit_auth.jwt.jwks_document import fitting_keys, usable_keys
from fluxlit_auth.jwt.token_format import TokenHeader

__all__ = ("JWKSOptions", "PublishedKeys")

# A set of a hundred RSA keys with certificates stays below this.
_DOCUMENT_BYTES: Final = 1024 * 1024


class JWKSOptions(BaseModel):
    """How published keys are fetched and kept; all in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lifetime_seconds: float = Field(default=600, gt=0, description="How long a fetched set is used unasked.")
    refresh_interval_seconds: float = Field(
        default=10, ge=0, description="Least time between fetches that unknown key ids cause."
    )
    retry_seconds: float = Field(default=5, ge=0, description="Least time between a failed fetch and the next attempt.")
    stale_seconds: float = Field(default=86400, ge=0, description="How long a set is used while fetching fails.")
    timeout_seconds: float = Field(default=5, gt=0, description="How long one fetch may take as a whole.")


class PublishedKeys:
    """A `KeySource` over a JWKS URL. Safe to share between event loops.

    Args:
        url: The JWKS URL.
        options: How keys are fetched and kept.
        clock: Seconds that only grow; for tests.
    """

    def __init__(
        self, url: str, *, options: JWKSOptions | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._options = options or JWKSOptions()
        self._clock = clock
        self._keys: tuple[Key, ...] | None = None
        self._fetched_at = 0.0
        self._attempts = 0
        self._attempted_at = 0.0
        self._failure: str | None = None
        # An asyncio.Lock belongs to the loop that first waited for it.
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()

    async def candidates(self, header: TokenHeader) -> Sequence[Key]:
        """The published keys that fit.

        Raises:
            KeysUnavailableError: They could not be fetched, and there are none from before.
        """
        if header.alg not in ASYMMETRIC_ALGORITHMS:
            return ()
        return fitting_keys(await self._current(), header)

    async def candidates_after_miss(self, header: TokenHeader, tried: Sequence[Key]) -> Sequence[Key]:
        """The keys that fit after looking again at the URL.

        Raises:
            KeysUnavailableError: The key may be a new one, but the URL cannot be read now.
        """
        if header.alg not in ASYMMETRIC_ALGORITHMS or (header.kid is not None and tried):
            return ()  # the named key is known: the signature is simply wrong
        seen = self._attempts
        fresh = _without(fitting_keys(self._keys or (), header), tried)
        if fresh:  # another token had the set fetched meanwhile
            return fresh
        if self._may_fetch():
            await self._fetch_once(seen)
        if self._failure is not None:
            raise self._unavailable()
        return _without(fitting_keys(self._keys or (), header), tried)

    async def _current(self) -> Sequence[Key]:
        age = self._clock() - self._fetched_at
        if self._keys is not None and age < self._options.lifetime_seconds:
            return self._keys
        being_fetched = self._lock().locked() and self._keys is not None
        if self._may_fetch() and not being_fetched:
            await self._fetch_once(self._attempts)
        if self._keys is None or (self._failure is not None and age > self._options.stale_seconds):
            raise self._unavailable()
        return self._keys

    def _may_fetch(self) -> bool:
        if self._attempts == 0:
            return True
        pause = self._options.refresh_interval_seconds if self._failure is None else self._options.retry_seconds
        return self._clock() - self._attempted_at >= pause

    async def _fetch_once(self, seen: int) -> None:
        """Fetch the set, unless another task did since `seen` attempts."""
        async with self._lock():
            if self._attempts != seen:
                return
            try:
                self._keys = await self._fetch()
            except (httpx.HTTPError, httpx.InvalidURL, RecursionError, TimeoutError, ValueError) as error:
                self._failure = f"{self._url!r} gave no keys: {error!r}"
            else:
                self._failure = None
                self._fetched_at = self._clock()
            self._attempted_at = self._clock()
            self._attempts += 1

    async def _fetch(self) -> tuple[Key, ...]:
        # httpx's own limits are per read: a server that drips bytes would hold us for ever.
        async with (
            asyncio.timeout(self._options.timeout_seconds),
            httpx.AsyncClient(timeout=self._options.timeout_seconds, follow_redirects=True) as client,
            client.stream(
                "GET", self._url, headers={"Accept": "application/jwk-set+json, application/json"}
            ) as response,
        ):
            response.raise_for_status()
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _DOCUMENT_BYTES:
                    raise ValueError(f"the document is larger than {_DOCUMENT_BYTES} bytes")
        return usable_keys(json.loads(body))

    def _unavailable(self) -> KeysUnavailableError:
        reason = self._failure or f"{self._url!r} was not read yet"
        return KeysUnavailableError(reason, retry_after=self._options.retry_seconds)

    def _lock(self) -> asyncio.Lock:
        return self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())


def _without(keys: Sequence[Key], tried: Sequence[Key]) -> list[Key]:
    known = {id(key) for key in tried}
    return [key for key in keys if id(key) not in known]
