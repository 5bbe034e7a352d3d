"""`StandardClaims`: what a verified token says, in the types that page and endpoint code expect."""

import math
from typing import cast

from pydantic import BaseModel, ConfigDict, field_validator

__all__ = ("StandardClaims",)


class StandardClaims(BaseModel):
    """The registered claims of RFC 7519 section 4.1 and `scope` (RFC 8693 section 4.2); others are kept as extras.

    Issuers write more than one form, and each is accepted: a list of scopes becomes the space-separated string that
    RFC 8693 has, and a fractional NumericDate (RFC 7519 section 2) is cut to whole seconds, after it was checked as it
    came.
    """

    model_config = ConfigDict(extra="allow")

    sub: str | None = None
    """Whom the token is about."""
    iss: str | None = None
    """Who issued it."""
    aud: str | list[str] | None = None
    """Whom it is meant for."""
    exp: int | None = None
    """When it ends, in seconds since 1970."""
    iat: int | None = None
    """When it was issued, in seconds since 1970."""
    nbf: int | None = None
    """From when on it is valid, in seconds since 1970."""
    jti: str | None = None
    """The token's own identifier."""
    scope: str | None = None
    """Scopes, separated by spaces."""

    @field_validator("exp", "iat", "nbf", mode="before")
    @classmethod
    def _whole_seconds(cls, value: object) -> object:
        return math.floor(value) if isinstance(value, float) and math.isfinite(value) else value

    @field_validator("scope", mode="before")
    @classmethod
    def _joined(cls, value: object) -> object:
        if not isinstance(value, list):
            return value
        each = [str(scope) for scope in cast("list[object]", value) if isinstance(scope, str)]
        return " ".join(each)
