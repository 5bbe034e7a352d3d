"""What a page function writes to say where a parameter comes from.

Each marker works in both of FastAPI's spellings: ``user: Annotated[User, Depends(current_user)]`` and
``user: User = Depends(current_user)``. To a type checker a marker is `Any`, so that the second is a fitting default.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

__all__ = ("REQUIRED", "Cookie", "Depends", "Header", "Marker", "Query", "SessionState", "name_of")


class _Required:
    """Stands for "no default", since None is one."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = _Required()
"""The default of a marker without a default."""


class Marker:
    """Base of the markers."""


class Depends(Marker):
    """The parameter is what `dependency` returns, yields or resolves to; see `fluxlit_pages.di`."""

    if TYPE_CHECKING:

        def __new__(cls, dependency: Callable[..., Any] | None = None, *, use_cache: bool = True) -> Any:  # noqa: D102 - for type checkers only
            ...

    def __init__(self, dependency: Callable[..., Any] | None = None, *, use_cache: bool = True) -> None:
        """Name the provider.

        Args:
            dependency: A function, coroutine function, generator function (what follows its ``yield`` runs after the
                page) or class. Its own parameters are filled in the same way.
            use_cache: Whether one run calls it once, however many parameters ask for it.
        """
        self.dependency = dependency
        self.use_cache = use_cache

    def __repr__(self) -> str:
        # No address of the function: manifests contain this text and must not differ between two processes.
        return f"Depends({name_of(self.dependency)})"


class Header(Marker):
    """The parameter is a header of the browser's request, or None."""

    if TYPE_CHECKING:

        def __new__(cls, name: str | None = None) -> Any:  # noqa: D102 - for type checkers only
            ...

    def __init__(self, name: str | None = None) -> None:
        """Name the header; by default the parameter's name with ``-`` for ``_``. Case does not matter."""
        self.name = name.lower() if name is not None else None

    def __repr__(self) -> str:
        return f"Header({self.name!r})"


class Cookie(Marker):
    """The parameter is a cookie of the browser's request, or None."""

    if TYPE_CHECKING:

        def __new__(cls, name: str | None = None) -> Any:  # noqa: D102 - for type checkers only
            ...

    def __init__(self, name: str | None = None) -> None:
        """Name the cookie; by default the parameter's name. Case does not matter."""
        self.name = name.lower() if name is not None else None

    def __repr__(self) -> str:
        return f"Cookie({self.name!r})"


class Query(Marker):
    """The parameter comes from the page's address: one value, a list of values, or a model of all of them."""

    if TYPE_CHECKING:

        def __new__(cls, default: Any = ..., *, alias: str | None = None, description: str = "") -> Any:  # noqa: D102 - for type checkers only
            ...

    def __init__(self, default: Any = REQUIRED, *, alias: str | None = None, description: str = "") -> None:
        """Describe the query parameter.

        Args:
            default: Value where the address has none; for the spelling ``page: int = Query(1)``.
            alias: Its name in the address; by default the parameter's name.
            description: For readers.
        """
        self.default = default
        self.alias = alias
        self.description = description

    def __repr__(self) -> str:
        return f"Query({self.alias!r}, description={self.description!r})"


class SessionState(Marker):
    """The parameter is a model that is kept in the visitor's session: ``cart: Annotated[Cart, SessionState()]``.

    The page changes the model in place; what it has changed is written at the end of the run, field by field.
    """

    if TYPE_CHECKING:

        def __new__(cls, key: str | None = None) -> Any:  # noqa: D102 - for type checkers only
            ...

    def __init__(self, key: str | None = None) -> None:
        """Name the session's key that holds the model; by default the model's class name, so that pages share it."""
        self.key = key

    def __repr__(self) -> str:
        return f"SessionState({self.key!r})"


def name_of(provider: object) -> str:
    """``module.qualname`` of a provider, for messages and manifests."""
    if provider is None:
        return ""
    named = provider if hasattr(provider, "__qualname__") else type(provider)
    return f"{named.__module__}.{getattr(named, '__qualname__', '?')}"
