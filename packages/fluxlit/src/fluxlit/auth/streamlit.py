"""The documented module path of the helpers for pages; the code is `fluxlit_auth`'s."""

from fluxlit_auth import (
    bearer_headers_from_session,
    exchange_auth_code_from_query,
    prepare_streamlit_api_client,
)

__all__ = (
    "bearer_headers_from_session",
    "exchange_auth_code_from_query",
    "prepare_streamlit_api_client",
)
