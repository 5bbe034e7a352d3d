"""The documented module path of deep links; the code is `fluxlit_pages`'s."""

from fluxlit_pages import (
    match_nav_page,
    query_params,
)

__all__ = (
    "match_nav_page",
    "query_params",
)
