"""What the guard needs of a method of authentication.

A method is what an application writes, `Basic(verify)`: options, cheap to make. Its checker is what the gateway's
process makes of it, with everything that it needs to look at requests.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from starlette.types import Receive, Send

from fluxlit_auth.guard.environment import GuardEnvironment
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.identity.user import User

__all__ = ("AuthMethod", "Checker", "Identity", "LoginChecker", "RunningChecker")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a checker has recognised, and by what."""

    user: User
    ambient: bool
    """Whether browsers send what it was recognised by without being asked: then other sites can make them do so."""
    session: str = ""
    """What a revocation calls it, such as `login:…` or `key:…`; empty if there is nothing to revoke."""


@runtime_checkable
class AuthMethod(Protocol):
    """A method of authentication, as an application writes it."""

    def checker(self, environment: GuardEnvironment) -> "Checker":
        """What looks at requests by this method."""
        ...


@runtime_checkable
class Checker(Protocol):
    """Looks at requests."""

    @property
    def challenge(self) -> str:
        """What a program is told to send (RFC 9110 section 11.6.1); empty where programs have no way in."""
        ...

    async def authenticate(self, request: GuardRequest) -> Identity | None:
        """Who is asking; `None` if the request has nothing of this method.

        Raises:
            RefusedError: It has, and that is not accepted.
        """
        ...


@runtime_checkable
class LoginChecker(Checker, Protocol):
    """A checker with a login that browsers can be sent to, and paths of its own for that."""

    def login_url(self, request: GuardRequest) -> str:
        """Where to send a browser that is to come back to this request's address."""
        ...

    def serves(self, path: str) -> bool:
        """Whether a path, without the mount, is one of its own. These are open to everybody."""
        ...

    async def serve(self, request: GuardRequest, receive: Receive, send: Send) -> None:
        """Answer a request for such a path.

        Raises:
            RefusedError: The answer is a refusal.
        """
        ...


@runtime_checkable
class RunningChecker(Checker, Protocol):
    """A checker that has something to do in the background."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Do it while the block runs."""
        ...
