"""Page objects of a run: like those that Streamlit makes, and each with a state of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit
from streamlit.testing.v1 import AppTest

from fluxlit_pages.streamlit.page_menu import PageMaker

if TYPE_CHECKING:
    import pytest

Show = Callable[..., AppTest]
OPTIONS = {"title": "Reports", "icon": ":material/home:", "url_path": "reports", "visibility": "hidden"}


def nothing() -> None: ...


def test_they_are_what_streamlit_makes_and_share_no_state(app: Any, show: Show) -> None:
    maker = PageMaker(nothing, OPTIONS)
    seen: list[Any] = []

    @app.page("/")
    def home(st: Any) -> None:
        seen.extend((st.Page(nothing, **OPTIONS), maker(), maker()))

    assert not show(app).exception
    theirs, *ours = seen
    assert [type(page) for page in ours] == [type(theirs)] * 2
    assert [vars(page) for page in ours] == [vars(theirs)] * 2
    ours[0]._can_be_called = True
    assert not ours[1]._can_be_called
    assert vars(maker()) == vars(theirs)


class Slotted:
    __slots__ = ("__dict__", "title")

    def __init__(self, _page: object, *, title: str) -> None:
        self.title = title


def test_a_streamlit_that_keeps_something_elsewhere_has_its_pages_copied_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit, "Page", Slotted)
    maker = PageMaker(nothing, {"title": "Reports"})
    first, second = maker(), maker()
    assert first is not second
    assert first.title == second.title == "Reports"
