"""The documented module path of menu sorting; the code is `fluxlit_pages.menu.nav_order`'s."""

from fluxlit_pages.menu.nav_order import navigation_sort_key

__all__ = ("navigation_sort_key",)
