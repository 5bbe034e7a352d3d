"""The documented module path of typed query parameters; the code is `fluxlit_pages.query`'s."""

from fluxlit_pages.query import (
    parse_query_params,
    parse_query_params_adapter,
    query_dict_for_manifest,
)

__all__ = (
    "parse_query_params",
    "parse_query_params_adapter",
    "query_dict_for_manifest",
)
