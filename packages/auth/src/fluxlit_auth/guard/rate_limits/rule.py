"""`RateLimit`: one limit, as `app.limit(...)` writes it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from fluxlit_auth.errors import AuthConfigurationError
from fluxlit_auth.guard.path_rules import PathPattern, normal_path

__all__ = ("LimitBy", "RateLimit")

LimitBy = Literal["user", "ip", "key"]
"""Whose requests are counted together: a user's (an address's, for visitors who are not known), an address's, or those
of an API key (other requests are not counted)."""

# The library is slow to import, and sidecars run the same `app.limit(...)` without counting anything.
_LIMIT: Final = r"\s*[1-9]\d*\s*(?:/|per)\s*(?:[1-9]\d*\s*)?(?:second|minute|hour|day|month|year)s?\s*"
_LIMITS: Final = re.compile(rf"{_LIMIT}(?:[;,|]{_LIMIT})*", re.IGNORECASE)


@dataclass(frozen=True)
class RateLimit:
    """One limit."""

    text: str
    """As the library `limits` reads it: `"100/minute"`, or several separated by semicolons."""
    by: LimitBy
    paths: tuple[PathPattern, ...]
    """Empty: every path of the API."""
    methods: frozenset[str]
    """Empty: every method, and WebSockets."""

    @classmethod
    def parse(cls, text: str, *, by: LimitBy, paths: Iterable[str], methods: Iterable[str]) -> "RateLimit":
        """Read a limit.

        Args:
            text: `"100/minute"`, or several: `"10/second;1000/day"`.
            by: Whose requests are counted together.
            paths: For which paths; none for all of the API.
            methods: For which methods; none for all.

        Raises:
            AuthConfigurationError: A part is not understood.
        """
        if not _LIMITS.fullmatch(text):
            raise AuthConfigurationError(f"limit {text!r} is not understood: write '100/minute' or '5 per 10 second'")
        if by not in {"user", "ip", "key"}:
            raise AuthConfigurationError(f"by={by!r} is not understood: write 'user', 'ip' or 'key'")
        parsed = tuple(PathPattern.parse(path) for path in paths)
        return cls(text, by, parsed, frozenset(method.upper() for method in methods))

    def concerns(self, path: str, method: str, *, is_api: bool) -> bool:
        """Whether a request for this path, by this method, is counted."""
        if self.methods and method not in self.methods:
            return False
        normal = normal_path(path)
        return any(each.matches(normal) for each in self.paths) if self.paths else is_api
