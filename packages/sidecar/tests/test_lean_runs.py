"""Runs in a sidecar whose events and deliveries are its own: what arrives, in which order and when."""

from __future__ import annotations

import asyncio
import inspect
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import streamlit as st
from streamlit import dataframe_util

from fluxlit_sidecar import streamlit_child
from fluxlit_sidecar.streamlit_server.headless_browser import HeadlessBrowser

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE = 90.0
PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture
async def address(pools: Any, tmp_path: Path) -> AsyncGenerator[str]:
    for name in ("runs.py", "gates.py"):
        shutil.copy(PROGRAMS / name, tmp_path)
    spec = streamlit_child(tmp_path / "runs.py", folder=tmp_path, warm_imports=())
    pool = pools(spec, start_timeout=PATIENCE)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    async with asyncio.timeout(PATIENCE):
        yield pool.targets()[0].address


def texts(messages: Iterable[ForwardMsg]) -> list[str]:
    elements = [message.delta.new_element for message in messages if message.WhichOneof("type") == "delta"]
    return [element.text.body for element in elements if element.WhichOneof("type") == "text"]


def kinds(messages: Iterable[ForwardMsg]) -> list[str]:
    return [message.WhichOneof("type") or "" for message in messages]


def first_of(messages: Iterable[ForwardMsg]) -> ForwardMsg:
    return next(message for message in messages if message.WhichOneof("type") == "new_session")


async def until_text(browser: HeadlessBrowser, wanted: str) -> list[ForwardMsg]:
    messages = [await browser.next()]
    while wanted not in texts(messages):
        messages.append(await browser.next())
    return messages


async def test_a_run_arrives_whole_and_in_order_from_its_start_to_its_end(address: str) -> None:
    async with await HeadlessBrowser.open(address) as browser:
        messages = await browser.run(query="do=many")
        assert texts(messages) == [*map(str, range(700)), "end"]
        assert [kind for kind in kinds(messages) if kind != "delta"] == [
            "new_session",
            "session_status_changed",
            "script_finished",
        ]
        status = await browser.next()
        assert not status.session_status_changed.script_is_running


async def test_what_a_page_shows_arrives_while_it_still_runs(address: str) -> None:
    async with await HeadlessBrowser.open(address) as waiting, await HeadlessBrowser.open(address) as other:
        await waiting.ask(query="do=wait")
        seen = await until_text(waiting, "early")
        assert kinds(seen)[0] == "new_session"
        await other.run(query="do=go")
        assert texts(await waiting.until_finished()) == ["late", "end"]


async def test_a_click_in_a_run_that_goes_on_replaces_it(address: str) -> None:
    async with await HeadlessBrowser.open(address) as browser, await HeadlessBrowser.open(address) as other:
        await browser.ask(query="do=wait")
        await until_text(browser, "early")
        messages = await browser.run(query="do=table")
        assert texts(messages)[-2:] == ["1", "end"]
        await other.run(query="do=go")
        assert "late" not in texts(await browser.run())


async def test_a_browser_that_leaves_in_a_run_disturbs_nobody(address: str) -> None:
    async with await HeadlessBrowser.open(address) as other:
        async with await HeadlessBrowser.open(address) as leaving:
            await leaving.ask(query="do=wait")
            await until_text(leaving, "early")
        await other.run(query="do=go")
        assert texts(await other.run(query="do=many"))[-1] == "end"


async def test_a_page_that_runs_itself_again_or_raises_ends_as_under_streamlit_run(address: str) -> None:
    async with await HeadlessBrowser.open(address) as browser:
        await browser.ask(query="do=again")
        assert texts(await until_text(browser, "end"))[-2:] == ["run 3", "end"]
        await browser.until_finished()
        messages = await browser.run(query="do=raise")
        shown = [message.delta.new_element.exception.message for message in messages]
        assert "no such thing" in shown


@pytest.mark.skipif("parallel" not in inspect.signature(st.fragment).parameters, reason="Streamlit 1.57 has none")
async def test_fragments_that_run_side_by_side_both_arrive(address: str) -> None:
    async with await HeadlessBrowser.open(address) as browser:
        for _ in range(2):
            assert sorted(texts(await browser.run(query="do=side by side"))) == ["end", "left", "right"]


async def test_a_theme_that_is_set_later_reaches_the_next_run(address: str) -> None:
    async with await HeadlessBrowser.open(address) as browser:
        before, after = [first_of(await browser.run(query=query)) for query in ("", "do=theme", "")][::2]
    assert not before.new_session.custom_theme.sidebar.primary_color
    assert after.new_session.custom_theme.sidebar.primary_color == "#abcdef"


async def test_a_table_whose_values_change_is_shown_with_the_new_ones(address: str) -> None:
    shown: list[list[list[object]]] = []
    async with await HeadlessBrowser.open(address) as browser:
        for _ in range(3):
            messages = await browser.run(query="do=table")
            tables = [
                message.delta.new_element.table for message in messages if message.delta.new_element.HasField("table")
            ]
            frame = dataframe_util.convert_arrow_bytes_to_pandas_df(tables[0].arrow_data.data)
            shown.append(frame.to_numpy().tolist())
    assert shown == [[["Oslo", 1]], [["Oslo", 2]], [["Oslo", 3]]]


@pytest.mark.parametrize("lean", [True, False])
async def test_streamlits_own_loop_runs_where_lean_runs_are_not_wanted(
    pools: Any, tmp_path: Path, *, lean: bool
) -> None:
    script = tmp_path / "whose.py"
    script.write_text(
        "import streamlit as st\nfrom streamlit.runtime.runtime import Runtime\n"
        "st.text(Runtime._loop_coroutine.__module__.split('.')[0])\n",
        encoding="utf-8",
    )
    pool = pools(streamlit_child(script, folder=tmp_path, warm_imports=(), lean_runs=lean), start_timeout=PATIENCE)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    async with asyncio.timeout(PATIENCE), await HeadlessBrowser.open(pool.targets()[0].address) as browser:
        assert texts(await browser.run()) == ["fluxlit_sidecar" if lean else "streamlit"]
