from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from fluxlit_pages import PageRecord, match_nav_page, query_params

PAGES: list[Any] = [
    ("/reports", "Reports"),
    ("/Reports", "Upper path"),
    ("/", "Start"),
    PageRecord(path="/users/", title="/reports", fn=lambda: None),
    SimpleNamespace(path="people", title="People"),
]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Reports", "/reports"),
        ("  Reports ", "/reports"),
        ("/Reports", "/Reports"),
        ("home", "/"),
        ("/", "/"),
        ("people", "people"),
        ("/people/", "people"),
        ("users", "/users/"),
        ("nothing", None),
        ("reports ", "/reports"),
        ("", None),
        ("   ", None),
    ],
)
def test_a_page_is_named_by_title_path_or_slug(value: str, found: str | None) -> None:
    match = match_nav_page({"page": value}, PAGES)
    assert (match[0] if match else None) == found


def test_titles_count_before_paths_whatever_the_order_of_pages() -> None:
    assert match_nav_page({"page": "/reports"}, PAGES) == ("/users/", "/reports")


def test_another_key_can_name_the_page() -> None:
    assert match_nav_page({"page": "Start", "go": "People"}, PAGES, page_key="go") == ("people", "People")
    assert match_nav_page({}, PAGES) is None


def test_the_first_value_of_each_parameter() -> None:
    st: Any = SimpleNamespace(query_params={"a": "1", "b": ["2", "3"], "c": [], "d": None, "e": 4})
    assert query_params(st) == {"a": "1", "b": "2", "e": "4"}


def test_no_parameters_where_there_are_none_to_read() -> None:
    assert query_params(object()) == {}
