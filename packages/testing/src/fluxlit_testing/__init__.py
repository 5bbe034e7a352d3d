"""Tests that an application's authors enjoy: a client for API and pages, real servers, a real browser."""

from fluxlit_testing.page_tests import (
    apptest_assert_no_errors,
    apptest_select_page,
    assert_no_streamlit_exception,
    streamlit_main_path,
)
from fluxlit_testing.running_server import RunningServer
from fluxlit_testing.test_client import FluxLitTestClient

__all__ = (
    "FluxLitTestClient",
    "RunningServer",
    "apptest_assert_no_errors",
    "apptest_select_page",
    "assert_no_streamlit_exception",
    "streamlit_main_path",
)
