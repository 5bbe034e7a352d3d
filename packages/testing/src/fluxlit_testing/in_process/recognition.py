"""A user whom the guard recognises without a login: what API calls of `FluxLitTestClient.as_user(...)` are made by."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fluxlit_auth.guard.method import Identity

if TYPE_CHECKING:
    from collections.abc import Generator

    from fluxlit_auth import User
    from fluxlit_auth.guard.environment import GuardEnvironment
    from fluxlit_auth.guard.method import Checker
    from fluxlit_auth.guard.plan import GuardPlan
    from fluxlit_auth.guard.request import GuardRequest

__all__ = ("Recognised", "recognising")


@dataclass(frozen=True)
class Recognised:
    """A method of authentication, and its checker, to which everybody is `user`."""

    user: User
    challenge = ""

    def checker(self, environment: GuardEnvironment) -> Checker:
        """What looks at requests."""
        del environment
        return self

    async def authenticate(self, request: GuardRequest) -> Identity:
        """Who is asking, whatever they ask."""
        del request
        return Identity(self.user, ambient=False)


@contextlib.contextmanager
def recognising(plan: GuardPlan | None, user: User | None) -> Generator[None]:
    """Let the guards that are made in the block recognise `user` before they look for anything else."""
    if plan is None or user is None:
        yield
        return
    plan.methods.insert(0, Recognised(user))
    try:
        yield
    finally:
        plan.methods.pop(0)
