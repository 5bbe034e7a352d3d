from __future__ import annotations

import logging
from typing import Any

import pytest

from fluxlit_sidecar.supervision.output import ChildOutput

PATIENCE = 30.0


@pytest.fixture
def records(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.DEBUG, logger="fluxlit.sidecar")
    return lambda: [
        (record.levelname, record.getMessage().partition("] ")[2])
        for record in caplog.records
        if hasattr(record, "source")
    ]


@pytest.mark.parametrize(
    ("line", "level", "text"),
    [
        (b"plain words\n", "INFO", "plain words"),
        (b"WARNING:  careful\n", "WARNING", "careful"),
        (b"INFO:     Started server process [1]\n", "INFO", "Started server process [1]"),
        (b"2026-11-22 12:00:00.123 ERROR streamlit.x: broken\n", "ERROR", "streamlit.x: broken"),
        (b"[DEBUG] fine\n", "DEBUG", "fine"),
        (b"\x1eERROR\x1fshop\x1fcannot: x\x1fy\n", "ERROR", "cannot: x\x1fy"),
        (b"\x1eWHAT\x1fshop\x1fodd\n", "INFO", "odd"),
        (b"INFORMATION is no level\r\n", "INFO", "INFORMATION is no level"),
        (b"\xff broken bytes\n", "INFO", "\ufffd broken bytes"),
    ],
)
def test_levels_are_kept(records: Any, line: bytes, level: str, text: str) -> None:
    output = ChildOutput("s1")
    output.feed(line)
    assert records() == [(level, text)]
    assert output.last_lines == (text,)


def test_a_traceback_has_the_level_of_an_error_and_what_follows_has_not(records: Any) -> None:
    output = ChildOutput("s1")
    output.feed(b"Traceback (most recent call last):\n  File 'x'\nValueError: no\nplain again\n")
    assert [level for level, _ in records()] == ["ERROR", "ERROR", "ERROR", "INFO"]


def test_lines_may_arrive_in_pieces_and_end_without_a_line_end(records: Any) -> None:
    output = ChildOutput("s1")
    for piece in (b"on", b"e\ntw", b"o\n\n", b"three"):
        output.feed(piece)
    output.finish()
    assert [text for _, text in records()] == ["one", "two", "three"]


def test_a_line_that_never_ends_is_cut(records: Any) -> None:
    output = ChildOutput("s1")
    for _ in range(100):
        output.feed(b"x" * 10_000)
    assert max(len(text) for _, text in records()) <= 16_384


def test_a_flood_is_cut_off_with_a_count_and_the_last_lines_are_still_known(records: Any) -> None:
    output = ChildOutput("s1")
    output.feed(b"".join(b"line %d\n" % number for number in range(20_000)))
    output.finish()
    assert len(records()) < 5_000
    assert "lines were left out" in records()[-1][1]
    assert output.last_lines[-1] == "line 19999"


async def test_the_log_has_the_childs_lines_with_its_name(child: Any, pools: Any, records: Any, caplog: Any) -> None:
    pool = pools(child("talks"))
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    await pool.stop()
    assert records() == [
        ("INFO", "plain words"),
        ("WARNING", "careful"),
        ("ERROR", "streamlit.x: broken"),
        ("ERROR", "Traceback (most recent call last):"),
        ("ERROR", "  File 'x'"),
        ("ERROR", "ValueError: no"),
        ("INFO", "plain again"),
    ]
    names = {record.sidecar for record in caplog.records if hasattr(record, "sidecar")}
    assert names == {pool.transitions[0].name}


async def test_a_child_that_floods_its_output_still_becomes_ready(child: Any, pools: Any) -> None:
    pool = pools(child("floods"))
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
