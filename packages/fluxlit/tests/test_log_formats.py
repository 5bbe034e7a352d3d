"""What log lines look like, and that they hold no secret."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from asyncio import CancelledError
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fluxlit.logging import (
    GATEWAY_ACCESS_LOG_FIELDS,
    JSON_LOG_BASE_FIELDS,
    JsonLogFormatter,
    LogFormatter,
    log_config,
    redact_authorization,
    redact_query_string,
    reset_request_id,
    sanitize_headers,
    set_request_id,
)
from fluxlit.logging.configuration import NoCancellations
from fluxlit_gateway.observability.access_entries import AccessedRequest, AccessEntry
from fluxlit_gateway.redaction import SENSITIVE_WORDS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

DIVIDE = """
import json

def outer(function):
    return json.loads("1", parse_int=lambda _: function())

def inner():
    return 1 / 0
"""
FORMATS = ["console", "json", "logfmt"]


@pytest.fixture
def failure(tmp_path: object) -> Iterator[BaseException]:
    """An error whose traceback goes from the user's code through a library and back."""
    namespace: dict[str, Any] = {}
    exec(compile(DIVIDE, f"{tmp_path}/shop.py", "exec"), namespace)
    try:
        namespace["outer"](namespace["inner"])
    except ZeroDivisionError as error:
        yield error


@pytest.fixture
def structlog_reset() -> Iterator[None]:
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


def record(error: BaseException | None = None, message: str = "it %s", **extra: object) -> logging.LogRecord:
    information = (type(error), error, error.__traceback__) if error is not None else None
    arguments = ("broke",) if "%s" in message else ()
    made = logging.LogRecord("shop", logging.ERROR, "shop.py", 1, message, arguments, information)
    made.__dict__.update(extra)
    return made


@contextmanager
def logged(formatter: logging.Formatter) -> Generator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.getLogger("shop")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)


def test_json_lines_hold_the_base_fields_extras_and_the_exception(failure: BaseException) -> None:
    made = record(failure, request_id="é", size=3, what={1}, raw=b"abc", at=datetime(2026, 1, 2, tzinfo=UTC), _own=1)
    line = JsonLogFormatter().format(made)
    entry = json.loads(line)
    assert tuple(entry)[:4] == JSON_LOG_BASE_FIELDS
    assert (entry["level"], entry["logger"], entry["message"]) == ("ERROR", "shop", "it broke")
    assert (entry["request_id"], entry["size"], entry["what"]) == ("é", 3, "{1}")
    assert (entry["raw"], entry["at"]) == ("abc", "2026-01-02T00:00:00+00:00")
    assert "_own" not in entry
    assert "é" in line
    assert "ZeroDivisionError" in entry["exception"]
    assert json.loads(LogFormatter("json").format(made)) == entry


def test_each_line_has_the_id_of_the_request_that_is_being_served() -> None:
    token = set_request_id("mine")
    try:
        for formatter in (JsonLogFormatter(), LogFormatter("json")):
            assert json.loads(formatter.format(record()))["request_id"] == "mine"
        assert "request_id=mine" in LogFormatter("logfmt").format(record())
    finally:
        reset_request_id(token)


def test_logfmt_is_one_line_whatever_the_fields_are(failure: BaseException) -> None:
    fields: dict[str, Any] = {"a b": [1], "c=d": "x\ny"}
    line = LogFormatter("logfmt").format(record(failure, **fields))
    assert "\n" not in line
    assert 'message="it broke"' in line
    assert 'a_b="[1]"' in line or "a_b=[1]" in line


def test_the_console_is_coloured_on_a_terminal_alone() -> None:
    assert "\x1b[" in LogFormatter("console", colors=True).format(record())
    assert "\x1b[" not in LogFormatter("console", colors=False).format(record())


def test_tracebacks_of_developers_show_their_own_code(failure: BaseException) -> None:
    text = LogFormatter("console", colors=False, user_frames_only=True).format(record(failure))
    assert "shop.py" in text
    assert "json/__init__.py" not in text
    assert "ZeroDivisionError: division by zero" in text


def test_requests_that_were_cut_off_leave_no_traceback() -> None:
    assert not NoCancellations().filter(record(CancelledError()))
    assert NoCancellations().filter(record(ValueError()))
    assert NoCancellations().filter(record())


@pytest.mark.usefixtures("structlog_reset")
@pytest.mark.parametrize("style", FORMATS)
def test_loggers_of_structlog_write_the_same_lines(style: Any) -> None:
    log_config(style=style)
    with logged(LogFormatter(style, colors=False)) as stream:
        structlog.get_logger("shop").info("sold", price=3, api_key="zq12")
    line = stream.getvalue()
    assert "sold" in line
    assert "zq12" not in line
    if style == "json":
        assert json.loads(line) | {"time": ""} == {
            "time": "",
            "level": "INFO",
            "logger": "shop",
            "message": "sold",
            "price": 3,
            "api_key": "<redacted>",
        }


@pytest.mark.parametrize("style", FORMATS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    word=st.sampled_from(SENSITIVE_WORDS),
    case=st.sampled_from([str.upper, str.lower, str.title]),
    secret=st.from_regex(r"zq[0-9]{6}[A-Za-z0-9]{4}qz", fullmatch=True),
    depth=st.integers(0, 4),
)
def test_no_format_writes_a_secret(style: Any, word: str, case: Any, secret: str, depth: int) -> None:
    nested: Any = {case(word): secret}
    for _ in range(depth):
        nested = {"inner": [nested, (case(word).encode(), secret.encode())]}
    error = ValueError(f"{case(word)}={secret}")
    made = record(error, f"called /x?{case(word)}={secret}", **{case(word): secret, "details": nested})
    assert secret not in LogFormatter(style, colors=False).format(made)
    if style == "json":
        assert secret not in JsonLogFormatter().format(made)


@pytest.mark.parametrize("level", ["trace", "debug", "info", "warning", "error"])
@pytest.mark.usefixtures("structlog_reset")
def test_the_configuration_is_one_that_logging_takes(level: str) -> None:
    config = log_config(level=level, style="json")
    names = tuple(config["loggers"])
    before = {name: logging.getLogger(name).level for name in names}
    root = logging.getLogger()
    root_before = (root.level, list(root.handlers))
    try:
        logging.config.dictConfig(config)
        expected = logging.DEBUG if level in {"trace", "debug"} else getattr(logging, level.upper())
        assert logging.getLogger("fluxlit").level == expected
    finally:
        root.level, root.handlers[:] = root_before
        for name, number in before.items():
            logging.getLogger(name).setLevel(number)


def test_the_documented_helpers_of_redaction() -> None:
    assert redact_authorization("bearer abc") == "Bearer <redacted>"
    assert redact_authorization("Basic abc") == "Basic <redacted>"
    assert redact_authorization("Digest a=b") == "<redacted>"
    assert redact_authorization(" ") == ""
    shown = sanitize_headers({"Authorization": "Bearer x", "Cookie": "a=b", "Accept": "text/html", "X-Api-Key": "k"})
    assert shown == {
        "Authorization": "Bearer <redacted>",
        "Cookie": "<redacted>",
        "Accept": "text/html",
        "X-Api-Key": "<redacted>",
    }
    assert redact_query_string("AUTH_CODE=a b&x=1") == "AUTH_CODE=%3Credacted%3E&x=1"
    assert redact_query_string("mine=a&x=1+2", sensitive_keys={"Mine"}) == "mine=%3Credacted%3E&x=1+2"


@pytest.mark.parametrize("style", FORMATS)
def test_access_lines_written_at_once_say_what_their_records_would(style: Any) -> None:
    path, query = '/a "b"\\é', "x=1 2"
    request = AccessedRequest(
        level="INFO", dispatch="streamlit", method="GET", path=path, query=query, status=200, client="127.0.0.1"
    )
    entry = AccessEntry(1_700_000_000.25, "id-1", 1.5, request)
    assert entry.message == rf"GET {path}?{query} 200 in 1.5 ms (streamlit, request id-1, from 127.0.0.1)"
    formatter = LogFormatter(style, colors=False)
    line = formatter.access_lines([entry, entry])
    assert line is not None
    first, second = line.splitlines()
    assert first == second
    extra: dict[str, Any] = dict(
        zip(
            GATEWAY_ACCESS_LOG_FIELDS,
            ("id-1", "streamlit", "GET", path, query, 200, 1.5, "", "127.0.0.1"),
            strict=True,
        )
    )
    made = logging.LogRecord("fluxlit.gateway", logging.INFO, "", 1, entry.message, (), None)
    made.__dict__.update(extra, created=entry.created)
    if style == "json":
        assert json.loads(first) == json.loads(formatter.format(made))
    for part in ("id-1", "127.0.0.1", "in 1.5 ms"):
        assert part in first
    assert LogFormatter("console", colors=True).access_lines([entry]) is None
