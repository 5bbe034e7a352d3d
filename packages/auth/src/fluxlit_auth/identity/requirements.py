"""What a page, path or route may ask of a user: a requirement in words, or a function."""

from collections.abc import Callable, Iterable

from fluxlit_auth.errors import AuthConfigurationError
from fluxlit_auth.identity.user import User

__all__ = ("Requirement", "as_requirements", "meets")

Requirement = str | Callable[[User], bool]
"""`role:<name>`, `scope:<name>`, `user:<id>`, or a function of the user; it is called for each request and must be
quick."""


def as_requirements(given: Requirement | Iterable[Requirement], *, of: str) -> tuple[Requirement, ...]:
    """The requirements, checked.

    Args:
        given: One of them, or several.
        of: What has them; for the message.

    Raises:
        AuthConfigurationError: One of them is neither.
    """
    requirements = (given,) if isinstance(given, str) or callable(given) else tuple(given)
    for each in requirements:
        if isinstance(each, str):
            try:
                User(id="nobody").has(each)
            except ValueError as error:
                raise AuthConfigurationError(f"{of}: {error}") from error
        elif not callable(each):  # callers without a type checker
            raise AuthConfigurationError(f"{of}: {each!r} is no requirement; give a text or a function of the user")
    return requirements


def meets(user: User, requirements: Iterable[Requirement]) -> bool:
    """Whether the user meets all of them."""
    return all(user.has(each) if isinstance(each, str) else bool(each(user)) for each in requirements)
