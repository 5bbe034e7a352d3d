"""`Basic`: name and password with each request (RFC 7617), verified by a function of the application."""

import binascii
import hmac
import inspect
import secrets
import time
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.concurrency import run_in_threadpool

from fluxlit_auth.errors import AuthConfigurationError, CredentialsRefusedError
from fluxlit_auth.guard.environment import GuardEnvironment
from fluxlit_auth.guard.method import Identity
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.identity.user import User

__all__ = ("Basic", "BasicChecker", "Verify")

Verify = Callable[[str, str], "bool | User | Awaitable[bool | User | None] | None"]
"""`verify(name, password)`: `True` or the `User` if they fit. A plain function is called in a thread."""

_REMEMBERED: Final = 1000


class Basic:
    """Name and password, for which browsers ask by themselves. Only over HTTPS, as the password is in every request.

    Args:
        verify: Says whether name and password fit; see `Verify`. Compare with `hmac.compare_digest`, or better with a
            password hash.
        realm: What browsers show when they ask.
        remember_seconds: How long an answer of `verify` holds. A page takes dozens of requests, and a password hash is
            slow on purpose. A changed password is noticed that much later.

    Raises:
        AuthConfigurationError: The realm cannot be put into a header.
    """

    def __init__(self, verify: Verify, *, realm: str = "FluxLit", remember_seconds: float = 30.0) -> None:
        if not realm.isascii() or not realm.isprintable() or '"' in realm or "\\" in realm:
            raise AuthConfigurationError(f"realm {realm!r} cannot be put into a header: use plain ASCII without quotes")
        self.verify = verify
        self.realm = realm
        self.remember_seconds = remember_seconds

    def checker(self, environment: GuardEnvironment) -> "BasicChecker":
        """See `AuthMethod`."""
        return BasicChecker(self, environment)


class BasicChecker:
    """Looks for name and password.

    Args:
        method: The options.
        environment: Counts failures.
    """

    def __init__(self, method: Basic, environment: GuardEnvironment) -> None:
        self._method = method
        self._throttle = environment.throttle
        self._known: OrderedDict[bytes, tuple[User, float]] = OrderedDict()
        # What is remembered is useless outside of this process.
        self._key = secrets.token_bytes(32)

    @property
    def challenge(self) -> str:
        """See `Checker`."""
        return f'Basic realm="{self._method.realm}", charset="UTF-8"'

    async def authenticate(self, request: GuardRequest) -> Identity | None:
        """See `Checker`."""
        scheme, _space, encoded = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        digest = hmac.digest(self._key, encoded.encode(), "sha256")
        user, until = self._known.get(digest, (None, 0.0))
        if user is not None and until > time.monotonic():
            return Identity(user, ambient=True)
        name, password = self._decoded(encoded)
        await self._throttle.admit(request.client_host, name)
        user = await self._verified(name, password)
        if user is None:
            await self._throttle.failed(request.client_host, name)
            raise CredentialsRefusedError("name and password do not fit", challenge=self.challenge)
        self._known[digest] = (user, time.monotonic() + self._method.remember_seconds)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return Identity(user, ambient=True)

    def _decoded(self, encoded: str) -> tuple[str, str]:
        try:
            name, colon, password = b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, ValueError) as error:
            raise CredentialsRefusedError("the header is not base64 of UTF-8", challenge=self.challenge) from error
        if not colon or not name:
            raise CredentialsRefusedError("the header has no name, or no colon after it", challenge=self.challenge)
        return name, password

    async def _verified(self, name: str, password: str) -> User | None:
        verify = self._method.verify
        if inspect.iscoroutinefunction(verify):
            answer = verify(name, password)
        else:
            answer = await run_in_threadpool(verify, name, password)
        answer = await answer if inspect.isawaitable(answer) else answer
        if isinstance(answer, User):
            return answer
        # Nothing but True: a verify that returns some record by mistake lets nobody in.
        return User(id=name, name=name) if answer is True else None
