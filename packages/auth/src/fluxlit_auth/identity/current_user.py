"""FastAPI's side of identity: the user as a parameter of an endpoint, and requirements of routes.

`CurrentUser` works in page functions too: `fluxlit_pages` looks at the class and leaves the dependency to FastAPI.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import HTTPConnection

from fluxlit_auth.errors import NotAllowedError, NotLoggedInError
from fluxlit_auth.identity.requirements import Requirement, as_requirements, meets
from fluxlit_auth.identity.user import User

__all__ = ("USER_STATE_KEY", "CurrentUser", "OptionalUser", "current_user", "optional_user", "requires")

USER_STATE_KEY: Final = "fluxlit_user"
"""Where `scope["state"]` has the user that the guard let in."""


async def optional_user(connection: HTTPConnection) -> User | None:
    """Who is calling, or `None`; a FastAPI dependency for HTTP and WebSocket routes."""
    user = connection.scope.get("state", {}).get(USER_STATE_KEY)
    return user if isinstance(user, User) else None


async def current_user(connection: HTTPConnection) -> User:
    """Who is calling; a FastAPI dependency for HTTP and WebSocket routes.

    Raises:
        NotLoggedInError: Nobody that is known.
    """
    user = await optional_user(connection)
    if user is None:
        raise NotLoggedInError
    return user


CurrentUser = Annotated[User, Depends(current_user)]
"""A parameter of this type is the user; a call without one is answered with 401."""

OptionalUser = Annotated[User | None, Depends(optional_user)]
"""A parameter of this type is the user, or `None`."""


def requires(*requirements: Requirement) -> Callable[[HTTPConnection], Awaitable[User]]:
    """A dependency that lets through who meets all requirements, and is the user.

        @app.api.delete("/orders", dependencies=[Depends(requires("role:admin"))])

    Args:
        requirements: `role:<name>`, `scope:<name>`, `user:<id>`, or functions of the user.

    Raises:
        AuthConfigurationError: One of them is none.
    """
    checked = as_requirements(requirements, of="requires(...)")

    async def allowed_user(connection: HTTPConnection) -> User:
        user = await current_user(connection)
        if not meets(user, checked):
            raise NotAllowedError
        return user

    return allowed_user
