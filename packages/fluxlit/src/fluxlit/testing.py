"""The documented module path of the test tools; the code is `fluxlit_testing`'s."""

from fluxlit_testing import (
    FluxLitTestClient,
    apptest_assert_no_errors,
    apptest_select_page,
    assert_no_streamlit_exception,
    streamlit_main_path,
)

__all__ = (
    "FluxLitTestClient",
    "apptest_assert_no_errors",
    "apptest_select_page",
    "assert_no_streamlit_exception",
    "streamlit_main_path",
)
