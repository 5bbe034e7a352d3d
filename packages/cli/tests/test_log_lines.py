"""What log lines look like."""

from __future__ import annotations

import json
import logging
import logging.config
from asyncio import CancelledError
from typing import TYPE_CHECKING

import pytest

from fluxlit_cli.serving.log_config import JsonLines, NoCancellations, UserTracebacks, log_config

if TYPE_CHECKING:
    from collections.abc import Iterator

DIVIDE = """
import json

def outer(function):
    return json.loads("1", parse_int=lambda _: function())

def inner():
    return 1 / 0
"""


@pytest.fixture
def failure(tmp_path: object) -> Iterator[BaseException]:
    """An error whose traceback goes from the user's code through a library and back."""
    namespace: dict[str, object] = {}
    exec(compile(DIVIDE, f"{tmp_path}/shop.py", "exec"), namespace)
    try:
        namespace["outer"](namespace["inner"])  # pyright: ignore[reportCallIssue] -- made by exec
    except ZeroDivisionError as error:
        yield error


def record(error: BaseException | None = None, **extra: object) -> logging.LogRecord:
    information = (type(error), error, error.__traceback__) if error is not None else None
    made = logging.LogRecord("shop", logging.ERROR, "shop.py", 1, "it %s", ("broke",), information)
    made.__dict__.update(extra)
    return made


def test_json_lines_hold_extras_and_the_exception(failure: BaseException) -> None:
    entry = json.loads(JsonLines().format(record(failure, request_id="é", size=3, what={1})))
    assert (entry["level"], entry["logger"], entry["message"]) == ("ERROR", "shop", "it broke")
    assert (entry["request_id"], entry["size"], entry["what"]) == ("é", 3, "{1}")
    assert "ZeroDivisionError" in entry["exception"]
    assert entry["time"].endswith("+00:00")


def test_tracebacks_of_developers_show_their_own_code(failure: BaseException) -> None:
    text = UserTracebacks().format(record(failure))
    assert "shop.py" in text
    assert "json/__init__.py" not in text
    assert text.endswith("ZeroDivisionError: division by zero")


def test_requests_that_were_cut_off_leave_no_traceback() -> None:
    assert not NoCancellations().filter(record(CancelledError()))
    assert NoCancellations().filter(record(ValueError()))
    assert NoCancellations().filter(record())


@pytest.mark.parametrize(
    ("level", "development", "short"), [("info", True, True), ("debug", True, False), ("info", False, False)]
)
def test_tracebacks_are_whole_in_production_and_while_debugging(level: str, *, development: bool, short: bool) -> None:
    made = log_config(level=level, style="console", development=development)
    assert (made["formatters"]["console"]["()"] is UserTracebacks) is short
    assert made["loggers"]["fluxlit"]["level"] == level.upper()


def test_the_configuration_is_one_that_logging_takes() -> None:
    names = ("", "uvicorn", "uvicorn.error", "fluxlit")
    before = {name: (logging.getLogger(name).level, list(logging.getLogger(name).handlers)) for name in names}
    try:
        logging.config.dictConfig(log_config(level="trace", style="json"))
        assert logging.getLogger("fluxlit").level == logging.DEBUG
    finally:
        for name, (level, handlers) in before.items():
            logging.getLogger(name).setLevel(level)
            logging.getLogger(name).handlers[:] = handlers
