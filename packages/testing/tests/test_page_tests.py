"""Pages in Streamlit's `AppTest`: opened, changed, judged; and the test process is as before."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

from fluxlit_testing import (
    FluxLitTestClient,
    apptest_assert_no_errors,
    apptest_select_page,
    assert_no_streamlit_exception,
    streamlit_main_path,
)

if TYPE_CHECKING:
    from pathlib import Path


class Application:
    """What a test of pages alone needs of the application object."""

    api = FastAPI()


CLIENT = FluxLitTestClient(Application())


def test_the_entry_script_is_a_file() -> None:
    assert streamlit_main_path().is_file()


def test_the_default_page_runs_with_its_dependencies(target: str, tmp_path: Path) -> None:
    at = CLIENT.streamlit(target=target, extra_sys_path=[tmp_path])

    apptest_assert_no_errors(at)
    assert at.title[0].value == "Hello, nobody"


def test_overrides_stand_for_headers_and_dependencies(target: str, tmp_path: Path) -> None:
    at = CLIENT.streamlit(target=target, extra_sys_path=[tmp_path], page_overrides={"user": "Ada", "hello": "Welcome"})

    assert at.title[0].value == "Welcome, Ada"


def test_another_page_opens_with_its_query(target: str, tmp_path: Path) -> None:
    at = CLIENT.streamlit(target=target, extra_sys_path=[tmp_path])
    at.query_params["year"] = "2026"

    apptest_select_page(at, CLIENT, target=target, page="/reports", extra_sys_path=[tmp_path])

    assert at.title[0].value == "Reports 2026"


def test_an_error_on_the_page_fails(target: str, tmp_path: Path) -> None:
    at = CLIENT.streamlit(target=target, extra_sys_path=[tmp_path], query_params={"page": "/broken"})

    with pytest.raises(AssertionError, match="no data"):
        assert_no_streamlit_exception(at)
    with pytest.raises(AssertionError, match="no data"):
        CLIENT.assert_no_streamlit_exception(at)


def test_an_override_that_is_not_json_is_refused(target: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        CLIENT.streamlit(target=target, extra_sys_path=[tmp_path], page_overrides={"user": object()})


def test_environment_and_path_are_as_before(target: str, tmp_path: Path) -> None:
    # Importing Streamlit for the first time sets variables of its own.
    CLIENT.streamlit(target=target, extra_sys_path=[tmp_path])
    before = (dict(os.environ), list(sys.path))

    CLIENT.streamlit(target=target, extra_sys_path=[tmp_path])

    assert (dict(os.environ), list(sys.path)) == before
