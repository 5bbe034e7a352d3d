"""The arguments of ``st.set_page_config``, from the application, from a page, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_pages.page_meta import PageMeta

__all__ = ("build_set_page_config_kwargs", "page_config_of_meta")

_OPTIONAL = ("page_icon", "layout", "initial_sidebar_state", "menu_items")
_OF_META = ("page_title", "page_icon", "layout", "initial_sidebar_state")


def build_set_page_config_kwargs(*, settings_title: str, streamlit_page_config: Mapping[str, Any]) -> dict[str, Any]:
    """What the application as a whole passes to ``st.set_page_config``.

    Args:
        settings_title: The title where the configuration has none.
        streamlit_page_config: ``page_title``, ``page_icon``, ``layout``, ``initial_sidebar_state``, ``menu_items``;
            None and empty values are left out, and so is anything else.
    """
    kept = {key: value for key in _OPTIONAL if (value := streamlit_page_config.get(key)) not in (None, "")}
    return {"page_title": streamlit_page_config.get("page_title") or settings_title, **kept}


def page_config_of_meta(meta: PageMeta | None) -> dict[str, Any]:
    """What a page's own metadata passes to ``st.set_page_config``, to be laid over the application's."""
    if meta is None:
        return {}
    return {key: value for key in _OF_META if (value := getattr(meta, key)) not in (None, "")}
