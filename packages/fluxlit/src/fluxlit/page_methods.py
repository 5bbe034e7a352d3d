"""The half of `FluxLit` that is about pages: each method hands over to the registry of `fluxlit_pages`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from fluxlit_pages import PageRegistry, build_page_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fluxlit_auth.identity.requirements import Requirement
    from fluxlit_pages import NavigationModel, PageMeta, PageRecord
    from fluxlit_pages.page_failure import PageErrorHook

__all__ = ("PageMethods",)

_FunctionT = TypeVar("_FunctionT", bound="Callable[..., Any]")
_HookT = TypeVar("_HookT", bound="PageErrorHook")


class PageMethods:
    """Registers and describes pages.

    Attributes:
        page_registry: The pages, as the entry script in the sidecar reads them.
    """

    page_registry: PageRegistry

    @property
    def pages(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """`(path, title, function)` of each page, in the order of registration."""
        return self.page_registry.pages

    @property
    def page_records(self) -> list[PageRecord]:
        """The registered pages; a copy of the list."""
        return self.page_registry.records

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
    ) -> Callable[[_FunctionT], _FunctionT]:
        """Register the decorated function as the page at `path`; the function comes back unchanged.

        What the function names as parameters is given to it: `st`, `client`, `Depends(...)`, typed query parameters
        and more; see `fluxlit_pages`.

        Args:
            path: Address below the application's root, one segment: `/reports`. `/` is the root.
            title: Menu entry and browser tab; by default the function's name in words.
            icon: An emoji or `:material/name:`; by default `page_meta`'s icon.
            tags: Labels for the manifest.
            page_meta: Presentation.
            section: Heading of the menu group.
            hidden: Reachable, but not in the menu.
            default: Served at the root; by default the page at `/` is, and without one the first in the menu.
            public: Open to everybody, where the application is protected.
            requires: What a user must meet to open it: `role:<name>`, `scope:<name>`, `user:<id>`, functions of the
                user. Others do not see it in the menu.
            keep: Patterns of widget keys, as `filters.*`: their values are kept in the visitor's session, and are there
                again after F5 or on another sidecar.

        Raises:
            fluxlit_pages.PageRegistrationError: The path is taken, leads to another page's address or has several
                segments; the icon is none; the page asks for a session store and there is none; it is public and
                requires something.
            fluxlit_auth.AuthConfigurationError: A requirement is not understood.
            fluxlit_pages.PageSignatureError: In strict mode, a parameter that nobody can fill.
        """
        return self.page_registry.page(
            path,
            title=title,
            icon=icon,
            tags=tags,
            page_meta=page_meta,
            section=section,
            hidden=hidden,
            default=default,
            public=public,
            requires=requires,
            keep=keep,
        )

    def link(self, url: str, *, title: str, icon: str | None = None, section: str = "") -> Self:
        """Add an external link to the menu, after the pages of its section."""
        self.page_registry.link(url, title=title, icon=icon, section=section)
        return self

    def discover_pages(self, directory: str, *, package: str) -> Self:
        """Import the modules of `package.directory`, call the `register(app)` of each, then sort all pages by path.

        Raises:
            ModuleNotFoundError: There is no such package.
            TypeError: `package` is a module.
            ImportError: The package has no such folder. A module's own import error comes through unchanged.
        """
        self.page_registry.discover(directory, package=package)
        return self

    def navigation(self, model: NavigationModel) -> Self:
        """Say in which order, and how, the menu shows the pages."""
        self.page_registry.navigation = model
        return self

    def on_page_error(self, hook: _HookT) -> _HookT:
        """Call `hook` with a `PageFailure` whenever a page raises; usable as a decorator.

        A hook that returns `True` has shown the visitor all there is to see.
        """
        return self.page_registry.on_page_error(hook)

    def build_page_manifest(self, *, version: int = 1) -> dict[str, Any]:
        """The pages as JSON: paths, titles, parameters, dependencies."""
        return build_page_manifest(self, version=version)  # pyright: ignore[reportArgumentType] - FluxLit, the only subclass, has the rest of PageApp
