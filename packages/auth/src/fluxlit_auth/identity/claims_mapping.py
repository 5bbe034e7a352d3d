"""`ClaimsMapping`: which claims of a token say who somebody is and what they may do."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field

from fluxlit_auth.errors import InvalidTokenError
from fluxlit_auth.identity.user import User

__all__ = ("ClaimsMapping",)


class ClaimsMapping(BaseModel):
    """From verified claims to a `User`. Names may be paths: `realm_access.roles` is a claim within a claim.

    Example:
        >>> mapping = ClaimsMapping(roles="groups", role_names={"cn=admins": ["admin"]})
        >>> sorted(mapping.user({"sub": "ada", "groups": ["cn=admins", "staff"]}).roles)
        ['admin', 'staff']
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(default="sub", description="The claim that names the user; one without it is refused.")
    name: str = Field(default="name", description="The claim with the name.")
    email: str = Field(default="email", description="The claim with the address.")
    roles: str = Field(default="roles", description="The claim with the roles: a list, or a text that is one role.")
    scopes: str = Field(default="scope", description="The claim with the scopes: separated by spaces, or a list.")
    role_names: Mapping[str, Sequence[str]] = Field(
        default_factory=dict, description="Roles by what the claim says; what is not listed is a role of that name."
    )
    keep: tuple[str, ...] = Field(default=(), description="Further claims that pages and endpoints get to see.")

    def missing(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """Which of the claims that say who somebody is, and of those to keep, are not there; scopes are no claims."""
        wanted = dict.fromkeys((self.id, self.name, self.email, self.roles, *self.keep))
        return tuple(path for path in wanted if _at(claims, path) is None)

    def user(self, claims: Mapping[str, Any]) -> User:
        """The user of these claims.

        Raises:
            InvalidTokenError: They name nobody.
        """
        subject = _at(claims, self.id)
        if not isinstance(subject, str) or not subject:
            raise InvalidTokenError(f"the claims have no {self.id!r} that names a user")
        roles: set[str] = set()
        for said in _texts(_at(claims, self.roles), separated=False):
            roles.update(self.role_names.get(said, (said,)))
        return User(
            id=subject,
            name=_text(_at(claims, self.name)),
            email=_text(_at(claims, self.email)),
            roles=frozenset(roles),
            scopes=frozenset(_texts(_at(claims, self.scopes), separated=True)),
            claims={name: claims[name] for name in self.keep if name in claims},
        )


def _at(claims: Mapping[str, Any], path: str) -> object:
    if path in claims:  # a claim's own name may have dots: "https://example.org/roles"
        return claims[path]
    found: object = claims
    for step in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = cast("Mapping[str, object]", found).get(step)
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object, *, separated: bool) -> list[str]:
    if isinstance(value, str):
        return value.split() if separated else [value] if value else []
    if not isinstance(value, list | tuple):
        return []
    return [each for each in cast("Sequence[object]", value) if isinstance(each, str)]
