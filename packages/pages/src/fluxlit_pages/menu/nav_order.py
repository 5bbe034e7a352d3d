"""The place of one page in the menu."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from fluxlit_pages.page_record import page_slug

if TYPE_CHECKING:
    from fluxlit_pages.menu.navigation_model import NavigationModel
    from fluxlit_pages.page_record import PageRecord

__all__ = ("meta_order", "navigation_sort_key")


def navigation_sort_key(model: NavigationModel, rec: PageRecord) -> tuple[float, float, str]:
    """Sort key of a page under a navigation model.

    Pages that the model lists come first, in its order; the others follow by `PageMeta.order`, then by slug.
    """
    slugs = [page_slug(entry) for entry in model.order]
    place = slugs.index(rec.slug) if rec.slug in slugs else math.inf
    # Listed pages have places of their own; order and slug only part the others.
    return place, meta_order(rec), rec.slug


def meta_order(rec: PageRecord) -> float:
    """The page's own `PageMeta.order`; pages without one come after those with one."""
    order = rec.page_meta.order if rec.page_meta is not None else None
    return math.inf if order is None else order
