"""The menu: order, groups, links and labels, worked out without Streamlit."""

from fluxlit_pages.menu.link_record import LinkRecord
from fluxlit_pages.menu.menu_plan import Menu, build_menu
from fluxlit_pages.menu.navigation_model import NavigationModel
from fluxlit_pages.menu.page_links import PageLinks

__all__ = ("LinkRecord", "Menu", "NavigationModel", "PageLinks", "build_menu")
