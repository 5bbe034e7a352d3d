"""The client in pages, run by Streamlit itself."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from streamlit.testing.v1 import AppTest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from conftest import Serve

app = FastAPI()
left = threading.Event()


@app.get("/chat")
async def chat() -> StreamingResponse:
    async def words() -> AsyncIterator[str]:
        for word in ("one ", "two ", "three"):
            yield word

    return StreamingResponse(words(), media_type="text/plain")


@app.get("/events")
async def events() -> StreamingResponse:
    return StreamingResponse(iter([b"data: a\n\ndata: b\n\n"]), media_type="text/event-stream")


@app.get("/lines")
async def lines() -> StreamingResponse:
    return StreamingResponse(iter([b'{"a": 1}\n', b'{"a": 2}\n']))


@app.get("/endless")
async def endless() -> StreamingResponse:
    async def words() -> AsyncIterator[str]:
        try:
            yield "first"
            await asyncio.Event().wait()
        finally:
            left.set()

    return StreamingResponse(words(), media_type="text/plain")


@app.get("/report.csv")
async def report() -> StreamingResponse:
    return StreamingResponse(iter([b"a,b\n"]), media_type="text/csv", headers={"content-length": "4"})


@pytest.fixture(scope="module")
def base_url(serve: Serve) -> str:
    return serve(app).unix


def _run(page: Callable[[], None], base_url: str) -> AppTest:
    tested = AppTest.from_function(page, default_timeout=60)
    tested.session_state["base_url"] = base_url
    return tested.run()


def test_streams_go_straight_into_write_stream(base_url: str) -> None:
    def page() -> None:
        import streamlit as st

        from fluxlit_client import ApiClient, AsyncApiClient

        client = ApiClient(st.session_state["base_url"])
        st.write_stream(client.stream_text("/chat"))
        st.write_stream(event.data for event in client.events("/events"))
        st.write_stream(client.stream_json("/lines"))
        st.write_stream(AsyncApiClient(st.session_state["base_url"]).stream_text("/chat"))

    tested = _run(page, base_url)
    assert not tested.exception
    assert [element.value for element in tested.markdown] == ["one two three", "ab", "one two three"]
    assert [element.value for element in tested.json] == ['{"a": 1}', '{"a": 2}']


def test_a_page_that_stops_while_it_streams_ends_the_stream(base_url: str) -> None:
    def page() -> None:
        import streamlit as st

        from fluxlit_client import ApiClient

        for word in ApiClient(st.session_state["base_url"]).stream_text("/endless"):
            st.write(word)
            st.stop()

    left.clear()
    tested = _run(page, base_url)
    assert [element.value for element in tested.markdown] == ["first"]
    assert left.wait(30)


def test_a_page_that_reruns_while_it_streams_ends_the_stream(base_url: str) -> None:
    def page() -> None:
        import streamlit as st

        from fluxlit_client import ApiClient

        def stream_and_rerun() -> object:
            for word in ApiClient(st.session_state["base_url"]).stream_text("/endless"):
                yield word
                st.session_state["again"] = True
                st.rerun()

        if "again" in st.session_state:
            st.write("second run")
        else:
            st.write_stream(stream_and_rerun)

    left.clear()
    tested = _run(page, base_url)
    assert [element.value for element in tested.markdown] == ["second run"]
    assert left.wait(30)


def test_a_download_drives_the_progress_bar_and_fills_the_button(base_url: str) -> None:
    def page() -> None:
        import streamlit as st

        from fluxlit_client import ApiClient

        client = ApiClient(st.session_state["base_url"])
        bar = st.progress(0.0)
        with client.download("/report.csv", progress=bar.progress) as report:
            st.download_button("Save", report.file, file_name=report.name, mime=report.content_type)

    tested = _run(page, base_url)
    assert not tested.exception
    bar, button = tested.get("progress")[0], tested.get("download_button")[0]
    assert (bar.proto.value, bar.proto.text) == (100, "4 B of 4 B")
    assert button.proto.label == "Save"
