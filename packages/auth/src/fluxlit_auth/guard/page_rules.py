"""What pages ask of their visitors, as the guard sees it, and what a browser needs for a page that is open to all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from fluxlit_auth.guard.path_rules import PathPattern, PathRules, normal_path
from fluxlit_auth.identity.requirements import Requirement

__all__ = ("PAGE_PARTS", "GuardedPage", "PageRule", "PageRules")

PAGE_PARTS: Final = tuple(
    PathPattern.parse(text)
    for text in (
        "/static/*",
        "/favicon.png",
        "/manifest.json",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/stream",
        "/_stcore/upload_file/*",
        "/_stcore/bidi-components/*",
        "/component/*",
        "/media/*",
    )
)
"""What Streamlit's front end asks for besides a page's address. Uploads and media are found by secrets of a session."""


class GuardedPage(Protocol):
    """What the guard needs to know of a page."""

    @property
    def paths(self) -> Iterable[str]:
        """The addresses that show it."""
        ...

    @property
    def public(self) -> bool:
        """Whether it is open to everybody."""
        ...

    @property
    def requires(self) -> tuple[Requirement, ...]:
        """What a user must meet to open it."""
        ...


@dataclass(frozen=True, slots=True)
class PageRule:
    """What a page asks for."""

    public: bool
    requires: tuple[Requirement, ...]


class PageRules:
    """The rules of all pages.

    Args:
        pages: The pages.
        rules: The rules of paths, which hold for pages as well.
    """

    def __init__(self, pages: Iterable[GuardedPage], rules: PathRules) -> None:
        self._by_path: Mapping[str, PageRule] = {
            normal_path(path): PageRule(page.public or rules.is_public(path), page.requires)
            for page in pages
            for path in page.paths
        }
        self._any_public = any(rule.public for rule in self._by_path.values())

    def of(self, path: str) -> PageRule | None:
        """The rule of the page at an address, if there is one."""
        return self._by_path.get(normal_path(path))

    def is_part_of_public_page(self, path: str) -> bool:
        """Whether a page that is open to everybody could not be shown without this path.

        A socket does not say which page it is for: the page runner refuses those that are not open.
        """
        return self._any_public and any(each.matches(normal_path(path)) for each in PAGE_PARTS)
