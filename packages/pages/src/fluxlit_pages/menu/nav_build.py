"""Order and labels that pages give to each other by `PageMeta.children`."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

from fluxlit_pages.menu.nav_order import meta_order, navigation_sort_key
from fluxlit_pages.page_record import page_slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fluxlit_pages.menu.navigation_model import NavigationModel
    from fluxlit_pages.page_record import PageRecord

__all__ = ("apply_children_overrides", "menu_order", "order_records_with_children")


def menu_order(records: Sequence[PageRecord], model: NavigationModel | None) -> list[PageRecord]:
    """The pages as the menu lists them, with the labels that their parents give them."""
    if model is not None:
        sorted_records = sorted(records, key=lambda record: navigation_sort_key(model, record))
    else:
        sorted_records = sorted(records, key=meta_order)
    return apply_children_overrides(order_records_with_children(sorted_records))


def order_records_with_children(records: Sequence[PageRecord]) -> list[PageRecord]:
    """Put every child after its parents, and otherwise change as little as possible.

    An unknown child is skipped with a warning; pages in a circle keep their order at the end, with a warning.
    """
    by_slug = {record.slug: record for record in records}
    parents: dict[str, set[str]] = {slug: set() for slug in by_slug}
    for record in records:
        for child in _child_slugs(record):
            if child not in by_slug:
                _warn(f"Page {record.path!r} names a child {child!r} that is not registered; it is left out.")
            else:
                parents[child].add(record.slug)
    ordered: list[PageRecord] = []
    waiting = list(records)
    placed: set[str] = set()
    while waiting:
        ready = next((record for record in waiting if parents[record.slug] <= placed), None)
        if ready is None:
            circle = ", ".join(repr(record.path) for record in waiting)
            _warn(f"The children of pages {circle} form a circle; they keep their order. Remove one of the links.")
            return [*ordered, *waiting]
        waiting.remove(ready)
        ordered.append(ready)
        placed.add(ready.slug)
    return ordered


def apply_children_overrides(records: Iterable[PageRecord]) -> list[PageRecord]:
    """The records with the titles and icons that `children` entries give them; the last entry for a page wins."""
    known = list(records)
    overrides: dict[str, dict[str, str]] = {}
    for record in known:
        for child in record.page_meta.children if record.page_meta is not None else ():
            labels = {key: str(child[key]) for key in ("title", "icon") if child.get(key)}
            overrides.setdefault(page_slug(str(child.get("path", ""))), {}).update(labels)
    return [_labelled(record, overrides.get(record.slug, {})) for record in known]


def _labelled(record: PageRecord, labels: dict[str, str]) -> PageRecord:
    if not labels:
        return record
    return replace(record, title=labels.get("title", record.title), icon=labels.get("icon", record.icon))


def _child_slugs(record: PageRecord) -> list[str]:
    if record.page_meta is None:
        return []
    slugs = [page_slug(str(child["path"])) for child in record.page_meta.children if child.get("path")]
    return [slug for slug in slugs if slug != record.slug]


def _warn(message: str) -> None:
    warnings.warn(message, UserWarning, stacklevel=4)
