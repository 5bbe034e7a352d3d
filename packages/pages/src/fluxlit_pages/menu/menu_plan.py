"""The menu of an application, worked out once and used by every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fluxlit_pages.menu.link_record import LinkRecord
from fluxlit_pages.menu.nav_build import menu_order
from fluxlit_pages.menu.navigation_model import NavigationModel
from fluxlit_pages.page_record import HOME_SLUG, PageRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ("Menu", "MenuEntry", "build_menu", "default_record")

MenuEntry = PageRecord | LinkRecord


@dataclass(frozen=True, slots=True)
class Menu:
    """What ``st.navigation`` is called with, before there are Streamlit objects."""

    records: tuple[PageRecord, ...]
    """The pages in menu order, hidden ones included."""
    sections: dict[str, tuple[MenuEntry, ...]]
    """Entries by heading; pages without a heading are under the empty one, which comes first."""
    default: PageRecord | None
    """The page at the root."""
    position: Literal["sidebar", "top", "hidden"]
    expanded: bool | int


def build_menu(records: Sequence[PageRecord], links: Iterable[LinkRecord], *, model: NavigationModel | None) -> Menu:
    """Order and group what is registered."""
    ordered = menu_order(records, model)
    shape = model or NavigationModel()
    groups: dict[str, list[MenuEntry]] = {"": [], **{name: [] for name in shape.sections}}
    for entry in (*ordered, *links):
        groups.setdefault(entry.section, []).append(entry)
    return Menu(
        records=tuple(ordered),
        sections={name: tuple(entries) for name, entries in groups.items() if entries},
        default=default_record(ordered),
        position=shape.position,
        expanded=shape.expanded,
    )


def default_record(ordered: Sequence[PageRecord]) -> PageRecord | None:
    """The page at the root: the one marked as default, else the one registered at ``/``, else the menu's first."""
    marked = (record for record in ordered if record.default)
    home = (record for record in ordered if record.slug == HOME_SLUG)
    visible = (record for record in ordered if not record.hidden)
    return next(marked, None) or next(home, None) or next(visible, None) or next(iter(ordered), None)
