"""Tests that an application's authors enjoy: a client for API and pages, real servers, a real browser.

The names below are imported when they are first used: pytest loads this package's plugin in every run, and a run that
needs nothing of it pays for nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxlit_testing.page_tests import (
        apptest_assert_no_errors,
        apptest_select_page,
        assert_no_streamlit_exception,
        streamlit_main_path,
    )
    from fluxlit_testing.pages.page_test import PageTest
    from fluxlit_testing.running_server import RunningServer
    from fluxlit_testing.test_client import FluxLitTestClient

__all__ = (
    "FluxLitTestClient",
    "PageTest",
    "RunningServer",
    "apptest_assert_no_errors",
    "apptest_select_page",
    "assert_no_streamlit_exception",
    "streamlit_main_path",
)

_MODULES = {
    "page_tests": (
        "apptest_assert_no_errors",
        "apptest_select_page",
        "assert_no_streamlit_exception",
        "streamlit_main_path",
    ),
    "pages.page_test": ("PageTest",),
    "running_server": ("RunningServer",),
    "test_client": ("FluxLitTestClient",),
}
_HOME = {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
