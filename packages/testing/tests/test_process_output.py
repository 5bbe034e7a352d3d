"""Lines of a child are waited for, and a wait that cannot end well ends soon."""

from __future__ import annotations

import os
import threading
from typing import IO, TYPE_CHECKING

import pytest

from fluxlit_testing.errors import WaitTimeoutError
from fluxlit_testing.process_output import ProcessOutput

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pipe() -> Iterator[tuple[ProcessOutput, IO[str]]]:
    """An output that is read, and the end that is written."""
    reading, writing = os.pipe()
    writer = os.fdopen(writing, "w", buffering=1)
    output = ProcessOutput(os.fdopen(reading))
    yield output, writer
    if not writer.closed:
        writer.close()
    output.join(timeout=10)


def test_a_line_that_was_said_before_is_found(pipe: tuple[ProcessOutput, IO[str]]) -> None:
    output, writer = pipe
    writer.write("listening on 4711\nready\n")

    assert output.wait_for(r"ready", timeout=10)
    assert output.wait_for(r"on (\d+)", timeout=10).group(1) == "4711"


def test_a_line_that_is_said_later_is_waited_for(pipe: tuple[ProcessOutput, IO[str]]) -> None:
    output, writer = pipe
    later = threading.Timer(0.05, writer.write, args=["ready\n"])
    later.start()

    assert output.wait_for("ready", timeout=10)
    later.join()


def test_the_second_of_two_lines_is_told_from_the_first(pipe: tuple[ProcessOutput, IO[str]]) -> None:
    output, writer = pipe
    writer.write("port 1\nport 2\n")

    assert output.wait_for(r"port (\d)", timeout=10, nth=2).group(1) == "2"


def test_the_end_of_the_output_ends_the_wait_with_what_was_said(pipe: tuple[ProcessOutput, IO[str]]) -> None:
    output, writer = pipe
    writer.write("no database today\n")
    writer.close()

    with pytest.raises(WaitTimeoutError, match=r"(?s)the output ended.*no database today"):
        output.wait_for("ready", timeout=60)


def test_a_line_that_never_comes_is_waited_for_no_longer_than_said(pipe: tuple[ProcessOutput, IO[str]]) -> None:
    output, _writer = pipe

    with pytest.raises(WaitTimeoutError, match=r"nothing in 0\.05 s"):
        output.wait_for("ready", timeout=0.05)
