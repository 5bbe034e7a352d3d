"""What can be said about a page's looks, and about the menu as a whole."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ("Page", "PageMeta")


class PageMeta(BaseModel):
    """Presentation of one page: given at registration, returned by the page function, or both.

    Fields that are ``None`` leave the application's own value alone. Unknown fields are ignored, so that a page may
    return a dict of its own that also carries these keys.
    """

    model_config = ConfigDict(extra="ignore")

    page_title: str | None = Field(default=None, description="Title of the browser tab.")
    page_icon: str | None = Field(default=None, description="Icon of the tab; of the menu entry too if it has none.")
    layout: Literal["centered", "wide"] | None = Field(default=None, description="Width of the content.")
    initial_sidebar_state: Literal["auto", "expanded", "collapsed"] | None = Field(
        default=None, description="How the sidebar starts."
    )
    breadcrumb: str | None = Field(default=None, description="Caption shown in the sidebar after the run.")
    order: int | None = Field(
        default=None, description="Place in the menu among pages that the navigation model does not list; low is first."
    )
    description: str | None = Field(default=None, description="Tooltip of the menu entry where Streamlit has one.")
    children: list[dict[str, Any]] = Field(
        default_factory=list[dict[str, Any]],
        description="Pages that follow this one in the menu: each a dict with `path`, and optionally `title`, `icon`.",
    )


Page = PageMeta
"""The documented short name of `PageMeta`."""
