"""One registered page, its address, and what its menu entry says when nobody says it."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from fluxlit_auth.identity.requirements import Requirement
from fluxlit_pages.errors import NestedPagePathError
from fluxlit_pages.page_meta import PageMeta

__all__ = (
    "HOME_SLUG",
    "PageFunction",
    "PageRecord",
    "as_tags",
    "describe_page",
    "page_slug",
    "require_single_segment",
    "title_of_function",
)

HOME_SLUG = "home"
"""The slug of ``/``: also the page that is served at the root unless another one is marked as default."""

PageFunction = Callable[..., Any]
"""A page: called with what its parameters ask for, its result is None, a PageMeta or a dict of its fields."""


@dataclass
class PageRecord:
    """One registered page."""

    path: str
    """As registered, for example ``/reports``."""
    title: str
    """Label of the menu entry."""
    fn: PageFunction
    """The page function, unchanged."""
    tags: tuple[str, ...] = ()
    """Free labels, which only the manifest carries."""
    description: str = ""
    """First line of the function's docstring."""
    icon: str | None = None
    """An emoji or ``:material/name:``."""
    page_meta: PageMeta | None = None
    """Presentation given at registration."""
    section: str = ""
    """Heading of the group in the menu; empty for none."""
    hidden: bool = False
    """Reachable by its address, but not in the menu."""
    default: bool = False
    """Served at the root."""
    public: bool = False
    """Open to everybody, where the application is protected."""
    requires: tuple[Requirement, ...] = ()
    """What a user must meet to open it."""
    keep: tuple[str, ...] = ()
    """Patterns of widget keys whose values are kept in the visitor's session."""
    location: str = field(default="", compare=False)
    """``file:line`` of the registration, for messages."""

    @property
    def slug(self) -> str:
        """The one path segment under which Streamlit serves the page."""
        return page_slug(self.path)


def page_slug(path: str) -> str:
    """The address segment of a path: without outer slashes, ``home`` for the root."""
    return path.strip().strip("/") or HOME_SLUG


def require_single_segment(path: str) -> None:
    """Refuse a path with an inner slash.

    Streamlit (1.57 to 1.67) raises for a slash in ``url_path``, because a browser would look for the assets of a
    nested address under that address; https://github.com/streamlit/streamlit/issues/8971. One such page would break
    every other page, so it is refused where it is written.

    Raises:
        NestedPagePathError: The path has more than one segment.
    """
    slug = page_slug(path)
    if "/" not in slug:
        return
    head, _, tail = slug.partition("/")
    flat = f"/{slug.replace('/', '-')}"
    raise NestedPagePathError(
        f"Page path {path!r} has more than one segment, and Streamlit serves a page under one segment only. "
        f"Register it as {flat!r}; to group pages in the menu write "
        f"@app.page({'/' + tail.rpartition('/')[2]!r}, section={head.replace('_', ' ').title()!r})."
    )


def title_of_function(fn: object) -> str:
    """The label of a page without a title: the function's name in words."""
    if not inspect.isfunction(fn):
        return "Page"
    return fn.__name__.replace("_", " ").title()


def describe_page(fn: object) -> str:
    """First line of a page function's docstring, or an empty string."""
    documentation = getattr(fn, "__doc__", None)
    if not isinstance(documentation, str):
        return ""
    return next(iter(documentation.strip().splitlines()), "").strip()


def as_tags(tags: Iterable[str] | None) -> tuple[str, ...]:
    """The tags of a page as they are stored."""
    return tuple(tags or ())
