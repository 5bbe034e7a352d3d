from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from fluxlit_pages import FluxlitFeatureFlags, PageMeta

Show = Callable[..., AppTest]


def add_pages(app: Any) -> None:
    @app.page("/")
    def home(st: Any) -> Iterator[PageMeta]:
        yield PageMeta(breadcrumb="first")
        st.title("drawn")
        yield PageMeta(breadcrumb="second")
        st.title("to the end")

    @app.page("/async")
    async def asynchronous(st: Any) -> AsyncIterator[dict[str, str]]:
        yield {"breadcrumb": "async"}
        st.title("async drawn")


def test_generator_pages_run_to_their_end_and_yield_metadata(make_app: Any, show: Show) -> None:
    app = make_app(experimental_yield_pages=True)
    add_pages(app)
    shown = show(app)
    assert [title.value for title in shown.title] == ["drawn", "to the end"]
    assert [caption.value for caption in shown.sidebar.caption] == ["second"]
    shown = show(app, query={"page": "async"})
    assert [title.value for title in shown.title] == ["async drawn"]
    assert [caption.value for caption in shown.sidebar.caption] == ["async"]


def test_without_the_flag_the_page_says_how_to_turn_it_on(app: Any, show: Show) -> None:
    add_pages(app)
    for query in ({}, {"page": "async"}):
        assert "FLUXLIT_EXPERIMENTAL_YIELD_PAGES" in show(app, query=query).exception[0].message


@pytest.mark.parametrize(("text", "on"), [("1", True), ("TRUE", True), (" yes ", True), ("on", True), ("0", False)])
def test_the_environment_turns_it_on(monkeypatch: pytest.MonkeyPatch, text: str, on: bool) -> None:  # noqa: FBT001 - a table column
    monkeypatch.setenv("FLUXLIT_EXPERIMENTAL_YIELD_PAGES", text)
    assert FluxlitFeatureFlags.from_environ() == FluxlitFeatureFlags(experimental_yield_pages=on)
