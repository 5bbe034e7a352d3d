"""Which paths are open to everybody, and which ask for more than an identity.

A pattern is a path, `/about`, or a path with everything below it, `/docs/*`. Paths are those of the application:
without the public mount in front, decoded, a slash at the end aside. The gateway has refused dot segments and double
slashes before, so a path cannot mean another place than it says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fluxlit_auth.errors import AuthConfigurationError
from fluxlit_auth.identity.requirements import Requirement, as_requirements

__all__ = ("PathPattern", "PathRules", "below_mount", "normal_path")


@dataclass(frozen=True, slots=True)
class PathPattern:
    """One pattern."""

    path: str
    """Without a slash at the end; empty for the root."""
    everything_below: bool

    @classmethod
    def parse(cls, text: str) -> "PathPattern":
        """Read a pattern.

        Raises:
            AuthConfigurationError: It does not begin with a slash, or has a star elsewhere than in `/*` at its end.
        """
        below = text.endswith("/*")
        path = text.removesuffix("/*").rstrip("/")
        if not text.startswith("/") or "*" in path:
            raise AuthConfigurationError(f"path {text!r} is not understood: write '/about' or '/docs/*'")
        return cls(path, below)

    def matches(self, path: str) -> bool:
        """Whether a path in normal form is meant."""
        return path == self.path or (self.everything_below and path.startswith(self.path + "/"))


@dataclass(frozen=True)
class PathRules:
    """The rules of an application's paths."""

    public: tuple[PathPattern, ...] = ()
    required: tuple[tuple[PathPattern, tuple[Requirement, ...]], ...] = field(default=())

    @classmethod
    def of(cls, public: Iterable[str], required: Mapping[str, Requirement | Iterable[Requirement]]) -> "PathRules":
        """The rules as an application writes them.

        Raises:
            AuthConfigurationError: A pattern or a requirement is none.
        """
        return cls(
            tuple(PathPattern.parse(text) for text in public),
            tuple(
                (PathPattern.parse(text), as_requirements(given, of=f"path {text!r}"))
                for text, given in required.items()
            ),
        )

    def __or__(self, other: "PathRules") -> "PathRules":
        """Both together."""
        return PathRules(self.public + other.public, self.required + other.required)

    def is_public(self, path: str) -> bool:
        """Whether everybody may ask for this path."""
        normal = normal_path(path)
        # A path that asks for something is not open, whatever a wider pattern says.
        return any(each.matches(normal) for each in self.public) and not self.requirements(path)

    def requirements(self, path: str) -> tuple[Requirement, ...]:
        """What a user must meet for this path: the requirements of every pattern that fits."""
        normal = normal_path(path)
        return tuple(one for pattern, given in self.required if pattern.matches(normal) for one in given)


def normal_path(path: str) -> str:
    """A path without slashes at its end; empty for the root."""
    return path.rstrip("/")


def below_mount(path: str, mount: str) -> str:
    """A path without the public mount in front, which some proxies leave there and others take away."""
    if mount and path.startswith(mount) and path[len(mount) : len(mount) + 1] in {"", "/"}:
        return path[len(mount) :] or "/"
    return path
