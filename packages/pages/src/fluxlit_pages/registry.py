"""The pages of one application: registered while its module is imported, read by each run of the entry script.

A registry belongs to one application object. Registration happens on the importing thread; afterwards runs on many
threads only read. The menu and the plans by which pages are called are worked out once and kept until something is
registered.
"""

from __future__ import annotations

import inspect
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from fluxlit_auth.identity.requirements import as_requirements
from fluxlit_pages.discovery import register_modules
from fluxlit_pages.errors import DuplicatePageError, PageRegistrationError, PageSlugClashError
from fluxlit_pages.menu.icons import require_plausible_icon
from fluxlit_pages.menu.link_record import LinkRecord
from fluxlit_pages.menu.menu_plan import Menu, build_menu
from fluxlit_pages.page_record import (
    PageFunction,
    PageRecord,
    as_tags,
    describe_page,
    require_single_segment,
    title_of_function,
)
from fluxlit_pages.signature import missing_store_problem, validate_strict_page_signature

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from fluxlit_auth.identity.requirements import Requirement
    from fluxlit_pages.di.sources import CallPlan
    from fluxlit_pages.menu.navigation_model import NavigationModel
    from fluxlit_pages.page_failure import PageErrorHook
    from fluxlit_pages.page_meta import PageMeta
    from fluxlit_pages.page_owner import PageOwner

__all__ = ("PageRegistry",)

FunctionT = TypeVar("FunctionT", bound=PageFunction)
HookT = TypeVar("HookT", bound="PageErrorHook")


class PageRegistry:
    """What ``FluxLit.page`` and its relatives delegate to."""

    def __init__(self, owner: PageOwner) -> None:
        self._owner = owner
        self._records: list[PageRecord] = []
        self._links: list[LinkRecord] = []
        self._navigation: NavigationModel | None = None
        self._menu: Menu | None = None
        # Parallel first runs work the menu out once, so that its warnings appear once.
        self._menu_lock = threading.Lock()
        self.plans: dict[Hashable, CallPlan] = {}
        """How to call each function, filled by the runs."""
        self.dependency_overrides: dict[Callable[..., Any], Callable[..., Any]] = {}
        """Functions to call instead of dependencies, for tests; as FastAPI's attribute of this name."""
        self.prepared: object = None
        """What the entry script made of the menu; it lives and dies with the registry."""
        self.error_hooks: list[PageErrorHook] = []
        """What `on_page_error` registered, in order."""

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

    @property
    def links(self) -> list[LinkRecord]:
        """A copy of the registered external links."""
        return list(self._links)

    @property
    def navigation(self) -> NavigationModel | None:
        """Order and look of the menu, if the application says anything about it."""
        return self._navigation

    @navigation.setter
    def navigation(self, model: NavigationModel | None) -> None:
        self._navigation = model
        self._menu = None

    @property
    def menu(self) -> Menu:
        """The menu as it follows from what is registered."""
        menu = self._menu
        if menu is None:
            with self._menu_lock:
                menu = self._menu
                if menu is None:
                    menu = self._menu = build_menu(self._records, self._links, model=self._navigation)
        return menu

    def page(  # noqa: PLR0913 - the documented decorator; every argument by keyword
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
        public: bool = False,
        requires: Requirement | Iterable[Requirement] = (),
        keep: Iterable[str] = (),
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
            public: Open to everybody, where the application is protected.
            requires: What a user must meet to open it: ``role:<name>``, ``scope:<name>``, ``user:<id>``, functions of
                the user.
            keep: Patterns of widget keys, as ``filters.*``: their values are kept in the visitor's session, and are
                there again after F5 or on another sidecar.

        Raises:
            PageRegistrationError: The path is taken, leads to another page's address or has several segments; the
                icon is none; the page asks for a session store and there is none; it is public and requires something.
            fluxlit_auth.AuthConfigurationError: A requirement is not understood.
            PageSignatureError: In strict mode, a parameter that nobody can fill.
        """
        location = _caller(sys._getframe(1))  # noqa: SLF001 - the only way to the caller's line without a stack walk
        required = as_requirements(requires, of=f"page {path!r}")

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
                    public=public,
                    requires=required,
                    keep=(keep,) if isinstance(keep, str) else tuple(keep),
                    location=_definition(fn) or location,
                )
            )
            return fn

        return register

    def add(self, record: PageRecord) -> None:
        """Register a page that was described elsewhere; the rules of `page` hold."""
        require_single_segment(record.path)
        for other in self._records:
            _require_different(other, record)
        require_plausible_icon(record.icon, of=f"page {record.path!r}")
        if record.page_meta is not None:
            require_plausible_icon(record.page_meta.page_icon, of=f"page {record.path!r}")
        if self._owner.settings.strict_page_signatures:
            validate_strict_page_signature(record.fn, self._owner)
        if record.public and record.requires:
            raise PageRegistrationError(
                f"Page {record.path!r} is public and requires {record.requires!r}. Leave one of them out."
            )
        problem = missing_store_problem(record.fn, self._owner)
        if problem is not None:
            raise PageRegistrationError(problem)
        self._records.append(record)
        self._menu = None

    def link(self, url: str, *, title: str, icon: str | None = None, section: str = "") -> None:
        """Add an external link to the menu, after the pages of its section.

        Raises:
            PageRegistrationError: The address is not absolute, the title is empty or the icon is none.
        """
        require_plausible_icon(icon, of=f"link {url!r}")
        self._links.append(LinkRecord(url, title, icon, section))
        self._menu = None

    def discover(self, directory: str, *, package: str) -> None:
        """Import the modules of a folder and let them register pages; then sort all pages by path and title.

        Args:
            directory: The folder, within the package.
            package: The importable package that holds it.

        Raises:
            ImportError: As `fluxlit_pages.discovery.register_modules`.
        """
        register_modules(self._owner, directory, package=package)
        self._records.sort(key=lambda record: (record.path, record.title))
        self._menu = None

    def on_page_error(self, hook: HookT) -> HookT:
        """Call `hook` with a `PageFailure` whenever a page raises; usable as a decorator.

        A hook that returns True has shown the visitor all there is to see.
        """
        self.error_hooks.append(hook)
        return hook


def _require_different(known: PageRecord, added: PageRecord) -> None:
    if known.path == added.path:
        raise DuplicatePageError(
            f"Page path {added.path!r} is registered twice: at {known.location} and at {added.location}. "
            "Give one of them another path."
        )
    if known.slug == added.slug:
        raise PageSlugClashError(
            f"Page paths {known.path!r} ({known.location}) and {added.path!r} ({added.location}) lead to the same "
            f"address {added.slug!r}. Give one of them another path."
        )
    if known.default and added.default:
        raise PageRegistrationError(
            f"Pages {known.path!r} ({known.location}) and {added.path!r} ({added.location}) are both default=True. "
            "Only one page is served at the root; leave the other one's out."
        )


def _definition(fn: object) -> str:
    code = getattr(inspect.unwrap(fn) if callable(fn) else fn, "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code is not None else ""


def _caller(frame: object) -> str:
    code = getattr(frame, "f_code", None)
    return f"{code.co_filename}:{getattr(frame, 'f_lineno', 0)}" if code is not None else "unknown place"
