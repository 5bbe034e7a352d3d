"""`User`: the one class that page functions, endpoints, the guard and tests mean by "the user"."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ("User",)


class User(BaseModel):
    """Somebody who has shown who they are. It cannot be changed, and carries no token and no password.

    Example:
        >>> ada = User(id="ada", roles=frozenset({"admin"}))
        >>> ada.has("role:admin"), ada.has("scope:orders:read")
        (True, False)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, description="What the user is known by, unique and lasting: `sub` of a token.")
    name: str = Field(default="", description="What to call the user; empty if nobody said.")
    email: str = Field(default="", description="The address; empty if nobody said.")
    roles: frozenset[str] = Field(default=frozenset(), description="Roles, by the mapping of whoever let the user in.")
    scopes: frozenset[str] = Field(default=frozenset(), description="What the user, or a key, may do.")
    claims: dict[str, Any] = Field(default_factory=dict, description="Further claims that the application asked for.")

    def has(self, requirement: str) -> bool:
        """Whether the user meets a requirement in words.

        Args:
            requirement: `role:<name>`, `scope:<name>`, or `user:<id>`.

        Raises:
            ValueError: It is none of these.
        """
        kind, colon, name = requirement.partition(":")
        if not colon or not name or kind not in {"role", "scope", "user"}:
            raise ValueError(f"{requirement!r} is no requirement: write 'role:<name>', 'scope:<name>' or 'user:<id>'")
        if kind == "user":
            return name == self.id
        return name in (self.roles if kind == "role" else self.scopes)
