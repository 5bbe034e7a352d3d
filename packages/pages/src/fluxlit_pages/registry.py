"""The pages of one application: registered while its module is imported, read by each run of the entry script.

A registry belongs to one application object. Registration happens on the importing thread; afterwards runs on many
threads only read.
"""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, TypeVar

from fluxlit_pages.errors import DuplicatePageError, PageSlugClashError
from fluxlit_pages.page_record import (
    PageFunction,
    PageRecord,
    as_tags,
    describe_page,
    require_single_segment,
    title_of_function,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fluxlit_pages.navigation_model import NavigationModel
    from fluxlit_pages.page_meta import PageMeta
    from fluxlit_pages.page_owner import PageOwner

__all__ = ("PageRegistry",)

FunctionT = TypeVar("FunctionT", bound=PageFunction)


class PageRegistry:
    """What ``FluxLit.page`` and its relatives delegate to."""

    def __init__(self, owner: PageOwner) -> None:
        self._owner = owner
        self._records: list[PageRecord] = []
        self.navigation: NavigationModel | None = None

    @property
    def owner(self) -> PageOwner:
        """The application."""
        return self._owner

    @property
    def records(self) -> list[PageRecord]:
        """A copy of the registered pages, in order of registration."""
        return list(self._records)

    @property
    def pages(self) -> list[tuple[str, str, PageFunction]]:
        """Path, title and function of each page."""
        return [(record.path, record.title, record.fn) for record in self._records]

    def page(
        self,
        path: str,
        *,
        title: str | None = None,
        icon: str | None = None,
        tags: Iterable[str] | None = None,
        page_meta: PageMeta | None = None,
        section: str = "",
        hidden: bool = False,
        default: bool = False,
    ) -> Callable[[FunctionT], FunctionT]:
        """Register the decorated function as the page at `path`; the function comes back unchanged.

        Args:
            path: Address below the application's root, one segment: ``/reports``. ``/`` is the root.
            title: Menu entry and browser tab; by default the function's name in words.
            icon: An emoji or ``:material/name:``; by default `page_meta`'s icon.
            tags: Labels for the manifest.
            page_meta: Presentation.
            section: Heading of the menu group.
            hidden: Reachable, but not in the menu.
            default: Served at the root; by default the page at ``/`` is, and without one the first in the menu.

        Raises:
            PageRegistrationError: The path is taken, leads to another page's address or has several segments.
            PageSignatureError: In strict mode, a parameter that nobody can fill.
        """
        location = _caller(sys._getframe(1))  # noqa: SLF001 - the only way to the caller's line without a stack walk

        def register(fn: FunctionT) -> FunctionT:
            self.add(
                PageRecord(
                    path=path,
                    title=title or title_of_function(fn),
                    fn=fn,
                    tags=as_tags(tags),
                    description=describe_page(fn),
                    icon=icon,
                    page_meta=page_meta,
                    section=section,
                    hidden=hidden,
                    default=default,
                    location=_definition(fn) or location,
                )
            )
            return fn

        return register

    def add(self, record: PageRecord) -> None:
        """Register a page that was described elsewhere; the rules of `page` hold."""
        require_single_segment(record.path)
        for other in self._records:
            if other.path == record.path:
                raise DuplicatePageError(
                    f"Page path {record.path!r} is registered twice: at {other.location} and at {record.location}. "
                    "Give one of them another path."
                )
            if other.slug == record.slug:
                raise PageSlugClashError(
                    f"Page paths {other.path!r} ({other.location}) and {record.path!r} ({record.location}) lead to "
                    f"the same address {record.slug!r}. Give one of them another path."
                )
        self._records.append(record)


def _definition(fn: object) -> str:
    code = getattr(inspect.unwrap(fn) if callable(fn) else fn, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code is not None else ""


def _caller(frame: object) -> str:
    code = getattr(frame, "f_code", None)
    return f"{code.co_filename}:{getattr(frame, 'f_lineno', 0)}" if code is not None else "unknown place"
