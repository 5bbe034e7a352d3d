from __future__ import annotations

import warnings
from typing import Any

import pytest

from fluxlit_pages import LinkRecord, NavigationModel, PageMeta, PageRecord
from fluxlit_pages.menu import build_menu
from fluxlit_pages.menu.nav_build import apply_children_overrides, order_records_with_children


def record(path: str, **options: Any) -> PageRecord:
    return PageRecord(path=path, title=path.strip("/").title() or "Home", fn=lambda: None, **options)


def children(*entries: dict[str, Any] | str) -> PageMeta:
    return PageMeta(children=[entry if isinstance(entry, dict) else {"path": entry} for entry in entries])


def paths(records: Any) -> list[str]:
    return [one.path for one in records]


def menu_paths(records: list[PageRecord], model: NavigationModel | None = None) -> list[str]:
    return paths(build_menu(records, (), model=model).records)


def test_pages_stay_in_order_of_registration() -> None:
    assert menu_paths([record("/b"), record("/a")]) == ["/b", "/a"]


def test_a_navigation_model_lists_slugs_or_paths_and_the_rest_follows_by_slug() -> None:
    pages = [record("/d"), record("/c"), record("/a"), record("/")]
    assert menu_paths(pages, NavigationModel(("/c", "home"))) == ["/c", "/", "/a", "/d"]


def test_the_order_of_page_metadata_counts_where_the_model_is_silent() -> None:
    pages = [record("/a"), record("/b", page_meta=PageMeta(order=2)), record("/c", page_meta=PageMeta(order=1))]
    assert menu_paths(pages) == ["/c", "/b", "/a"]
    assert menu_paths(pages, NavigationModel(("a",))) == ["/a", "/c", "/b"]


def test_children_follow_their_parents() -> None:
    pages = [record("/child"), record("/x"), record("/parent", page_meta=children("/child"))]
    assert menu_paths(pages) == ["/x", "/parent", "/child"]


def test_an_unknown_child_is_left_out_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="'ghost'"):
        assert paths(order_records_with_children([record("/a", page_meta=children("/ghost"))])) == ["/a"]


def test_a_circle_of_children_keeps_its_order_with_a_warning() -> None:
    pages = [record("/a", page_meta=children("/b")), record("/b", page_meta=children("/a")), record("/c")]
    with pytest.warns(UserWarning, match="circle"):
        assert paths(order_records_with_children(pages)) == ["/c", "/a", "/b"]


def test_a_page_that_names_itself_is_no_circle() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert paths(order_records_with_children([record("/a", page_meta=children("/a"))])) == ["/a"]


def test_parents_label_their_children_and_the_last_one_wins() -> None:
    pages = [
        record("/a", page_meta=children({"path": "/c", "title": "First", "icon": "🏠"})),
        record("/b", page_meta=children({"path": "c", "title": "Second"})),
        record("/c"),
    ]
    labelled = apply_children_overrides(pages)[2]
    assert (labelled.title, labelled.icon) == ("Second", "🏠")
    assert pages[2].title == "C"


def test_sections_keep_their_order_and_unlabelled_pages_come_first() -> None:
    pages = [record("/f", section="Finance"), record("/a"), record("/h", section="Help"), record("/n", section="New")]
    link = LinkRecord("https://example.org", "Manual", section="Help")
    menu = build_menu(pages, [link], model=NavigationModel(sections=("Help", "Empty")))
    assert list(menu.sections) == ["", "Help", "Finance", "New"]
    assert menu.sections["Help"] == (pages[2], link)


@pytest.mark.parametrize(
    ("pages", "default"),
    [
        ([record("/b"), record("/")], "/"),
        ([record("/b"), record("/a", default=True), record("/")], "/a"),
        ([record("/hidden", hidden=True), record("/b")], "/b"),
        ([record("/hidden", hidden=True)], "/hidden"),
    ],
)
def test_the_page_at_the_root(pages: list[PageRecord], default: str) -> None:
    found = build_menu(pages, (), model=None).default
    assert found is not None
    assert found.path == default


def test_a_navigation_model_is_checked_and_frozen() -> None:
    with pytest.raises(ValueError, match="position"):
        NavigationModel(position="left")  # pyright: ignore[reportArgumentType] - the mistake under test
    model = NavigationModel()
    with pytest.raises(AttributeError):
        model.order = ("a",)  # pyright: ignore[reportAttributeAccessIssue] - the mistake under test
