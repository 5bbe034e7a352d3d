"""The documented module path of the Streamlit side; the code is `fluxlit_pages.streamlit`'s."""

from fluxlit_pages.streamlit import (
    PageFn,
    StreamlitSessionFacade,
    build_set_page_config_kwargs,
)

__all__ = (
    "PageFn",
    "StreamlitSessionFacade",
    "build_set_page_config_kwargs",
)
