"""`RequireScopes` and `RequireRoles`: what a caller must be allowed, on top of being known."""

from typing import Any, cast

from starlette.requests import HTTPConnection

from fluxlit_auth.errors import InsufficientRoleError, InsufficientScopeError
from fluxlit_auth.jwt.bearer import AuthDependency
from fluxlit_auth.jwt.claims import StandardClaims

__all__ = ("RequireRoles", "RequireScopes", "claim_values")


class RequireScopes:
    """A dependency that lets through who has all of the scopes.

    Args:
        bearer: Gives the claims.
        scopes: Each of them is needed; none given lets every valid token through.
        scope_claim: Which claim lists them: a string separated by spaces, or a list.
    """

    def __init__(self, bearer: AuthDependency, *scopes: str, scope_claim: str = "scope") -> None:
        self._bearer = bearer
        self._scopes = scopes
        self._claim = scope_claim

    async def __call__(self, request: HTTPConnection) -> StandardClaims:
        """The claims of a caller who has the scopes.

        Raises:
            InsufficientScopeError: One of them is missing.
        """
        claims = await self._bearer(request)
        if not set(self._scopes) <= claim_values(claims, self._claim, separated=True):
            raise InsufficientScopeError(self._scopes)
        return claims


class RequireRoles:
    """A dependency that lets through who has any of the roles.

    Args:
        bearer: Gives the claims.
        roles: One of them is enough; none given refuses everybody.
        roles_claim: Which claim lists them: a list, or a string that is one role.
    """

    def __init__(self, bearer: AuthDependency, *roles: str, roles_claim: str = "roles") -> None:
        self._bearer = bearer
        self._roles = roles
        self._claim = roles_claim

    async def __call__(self, request: HTTPConnection) -> StandardClaims:
        """The claims of a caller who has one of the roles.

        Raises:
            InsufficientRoleError: None of them is there.
        """
        claims = await self._bearer(request)
        if not set(self._roles) & claim_values(claims, self._claim, separated=False):
            raise InsufficientRoleError
        return claims


def claim_values(claims: StandardClaims, name: str, *, separated: bool) -> set[str]:
    """The texts that a claim lists.

    Args:
        claims: Verified claims.
        name: The claim; registered or extra.
        separated: Whether a string holds several texts separated by spaces, or is one.
    """
    value: Any = (
        getattr(claims, name, None) if name in StandardClaims.model_fields else (claims.model_extra or {}).get(name)
    )
    if isinstance(value, str):
        return set(value.split()) if separated else {value}
    if isinstance(value, list):
        return {each for each in cast("list[object]", value) if isinstance(each, str)}
    return set()
