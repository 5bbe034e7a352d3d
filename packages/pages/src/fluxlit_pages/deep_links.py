"""Links into an application: which page an address means, and with which parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, cast

from fluxlit_pages.page_record import page_slug

__all__ = ("PAGE_KEY", "NavigablePage", "PageLike", "match_nav_page", "query_params")

PAGE_KEY = "page"
"""The query parameter that names a page, as in ``/?page=Reports&id=5``."""


class NavigablePage(Protocol):
    """A page as far as links care."""

    @property
    def path(self) -> str:
        """Its registered path."""
        ...

    @property
    def title(self) -> str:
        """Its title."""
        ...


PageLike: TypeAlias = "NavigablePage | Sequence[Any]"


def query_params(st: Any) -> dict[str, str]:
    """The first value of each query parameter; empty where there are none to read."""
    try:
        parameters = st.query_params
        return {str(name): first for name in parameters if (first := _first(parameters, name)) is not None}
    except Exception:  # noqa: BLE001 - documented: outside a run there is nothing to read, whatever st says about it
        return {}


def match_nav_page(
    params: Mapping[str, Any], pages: Iterable[PageLike], *, page_key: str = PAGE_KEY
) -> tuple[str, str] | None:
    """The page that ``?page=`` names, as (path, title).

    The value is compared with all titles first, then all paths, then all slugs, then all paths without their outer
    slashes; case matters.

    Args:
        params: Query parameters, as `query_params` returns them.
        pages: Records, tuples that begin with path and title, or objects with both.
        page_key: The query parameter to look at.
    """
    wanted = str(params.get(page_key) or "").strip()
    if not wanted:
        return None
    known = [_path_and_title(page) for page in pages]
    bare = wanted.strip("/")
    matches = (
        *(page for page in known if page[1] == wanted),
        *(page for page in known if page[0] == wanted),
        *(page for page in known if page_slug(page[0]) == wanted),
        *(page for page in known if bare and page[0].strip("/") == bare),
    )
    return next(iter(matches), None)


def _first(parameters: Any, name: Any) -> str | None:
    get_all = getattr(parameters, "get_all", None)
    value: object = get_all(name) if get_all is not None else parameters[name]
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        values = cast("Sequence[object]", value)
        return str(values[0]) if values and values[0] is not None else None
    return str(value)


def _path_and_title(page: PageLike) -> tuple[str, str]:
    if isinstance(page, Sequence):
        return str(page[0]), str(page[1])
    return page.path, page.title
