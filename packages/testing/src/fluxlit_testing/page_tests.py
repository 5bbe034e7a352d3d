"""Streamlit's `AppTest` on the pages of an application: the entry script, the page to open, and what went wrong."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import TYPE_CHECKING, Any, Protocol

from fluxlit_pages import main_path

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

__all__ = (
    "PageTester",
    "apptest_assert_no_errors",
    "apptest_select_page",
    "assert_no_streamlit_exception",
    "page_environment",
    "streamlit_main_path",
)


class PageTester(Protocol):
    """What `apptest_select_page` needs of a test client: `FluxLitTestClient` is one."""

    def select_page(
        self,
        at: AppTest,
        page: str,
        *,
        target: str,
        page_key: str = "page",
        internal_api_base: str | None = None,
        extra_sys_path: Sequence[str | Path] | None = None,
        page_overrides: Mapping[str, Any] | None = None,
    ) -> AppTest:
        """Open `page` in a test that has run."""
        ...


def streamlit_main_path() -> Path:
    """The entry script that Streamlit runs for every FluxLit application; for `AppTest.from_file`."""
    return main_path()


def apptest_select_page(at: AppTest, client: PageTester, *, target: str, page: str, **options: Any) -> AppTest:
    """Open another page of the application in a test that has run; the same as `client.select_page`.

    Args:
        at: The test.
        client: The test client that made it.
        target: The application, `module:attribute`.
        page: Title, path or slug of the page.
        options: As for `FluxLitTestClient.select_page`.
    """
    return client.select_page(at, page, target=target, **options)


def apptest_assert_no_errors(at: AppTest) -> None:
    """Fail when the page raised, or showed `st.error`.

    Raises:
        AssertionError: With the messages of all of them.
    """
    shown = [f"exception: {each.value}" for each in at.exception] + [f"error: {each.value}" for each in at.error]
    if shown:
        raise AssertionError("the page shows errors:\n" + "\n".join(shown))


def assert_no_streamlit_exception(at: AppTest) -> None:
    """The same as `apptest_assert_no_errors`, under its other documented name."""
    apptest_assert_no_errors(at)


@contextlib.contextmanager
def page_environment(
    *,
    target: str,
    api_base: str,
    api_prefix: str,
    extra_sys_path: Sequence[str | Path],
    overrides: Mapping[str, Any] | None,
) -> Generator[None]:
    """The environment that a page expects in its sidecar, while a test runs it; afterwards all is as before.

    Args:
        target: Becomes `FLUXLIT_APP`.
        api_base: Becomes `FLUXLIT_INTERNAL_API_BASE`.
        api_prefix: Becomes `FLUXLIT_API_PREFIX`.
        extra_sys_path: Folders to find the application in, first of all.
        overrides: Values for page parameters by name; become `FLUXLIT_TEST_PAGE_OVERRIDES`.

    Raises:
        TypeError: An override is not JSON.
    """
    values = {
        "FLUXLIT_APP": target,
        "FLUXLIT_INTERNAL_API_BASE": api_base,
        "FLUXLIT_API_PREFIX": api_prefix,
        "FLUXLIT_TESTS": "1",
    }
    if overrides is not None:
        values["FLUXLIT_TEST_PAGE_OVERRIDES"] = json.dumps(dict(overrides))
    before, path = {name: os.environ.get(name) for name in values}, list(sys.path)
    os.environ.update(values)
    sys.path[:0] = [str(folder) for folder in extra_sys_path]
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        sys.path[:] = path
