"""The documented module path of menu order; the code is `fluxlit_pages.menu.nav_build`'s."""

from fluxlit_pages.menu.nav_build import apply_children_overrides, order_records_with_children

__all__ = (
    "apply_children_overrides",
    "order_records_with_children",
)
