"""What an application says about its menu as a whole."""

from typing import Literal

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

__all__ = ("NavigationModel",)


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class NavigationModel:
    """Order and look of the menu, for ``app.navigation(...)``."""

    order: tuple[str, ...] = ()
    """Slugs (``reports``) or paths (``/reports``) in menu order; the others follow by `PageMeta.order`, then slug."""
    sections: tuple[str, ...] = ()
    """Headings in menu order; headings not listed follow in the order of their first page."""
    position: Literal["sidebar", "top", "hidden"] = "sidebar"
    """Where Streamlit puts the menu."""
    expanded: bool | int = False
    """Whether a long menu starts unfolded, or how many entries a folded one shows."""
