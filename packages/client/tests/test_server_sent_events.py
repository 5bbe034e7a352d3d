"""The examples of the HTML standard, section 9.2.6, and what it says about the rest.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

from itertools import chain

import pytest

from fluxlit_client import ApiStreamError, ServerSentEvent
from fluxlit_client.streams.server_sent_events import EventParser


def _events(*chunks: bytes) -> list[ServerSentEvent]:
    parser = EventParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def test_first_example_joins_data_lines() -> None:
    assert _events(b"data: YHOO\ndata: +2\ndata: 10\n\n") == [ServerSentEvent("YHOO\n+2\n10")]


def test_second_example_keeps_and_resets_the_last_event_id() -> None:
    stream = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n"
    # The third block is never completed by a blank line, so it is discarded.
    assert _events(stream) == [ServerSentEvent("first event", id="1"), ServerSentEvent("second event", id="")]
    assert _events(stream + b"\n")[2] == ServerSentEvent(" third event")


def test_third_example_has_events_with_empty_data() -> None:
    assert _events(b"data\n\ndata\ndata\n\ndata:") == [ServerSentEvent(""), ServerSentEvent("\n")]


def test_fourth_example_takes_one_space_after_the_colon_away() -> None:
    assert _events(b"data:test\n\ndata: test\n\n") == [ServerSentEvent("test"), ServerSentEvent("test")]


def test_the_type_holds_for_one_event_and_the_id_for_those_after_it() -> None:
    events = _events(b"event: add\nid: 7\ndata: 1\n\ndata: 2\n\n")
    assert events == [ServerSentEvent("1", "add", "7"), ServerSentEvent("2", "message", "7")]


def test_an_event_without_data_is_none_and_leaves_its_id_behind() -> None:
    assert _events(b"event: ping\nid: 3\n\ndata: x\n\n") == [ServerSentEvent("x", id="3")]


def test_an_id_with_a_null_and_unknown_fields_are_ignored() -> None:
    assert _events(b"id: 1\ndata: a\n\nid: 2\0\nfoo: bar\ndata: b\n\n")[1] == ServerSentEvent("b", id="1")


@pytest.mark.parametrize(("value", "retry"), [(b"1500", 1500), (b"1.5", None), (b"+5", None), (b"\xd9\xa3", None)])
def test_retry_is_ascii_digits_only(value: bytes, retry: int | None) -> None:
    assert _events(b"retry: " + value + b"\ndata: x\n\n") == [ServerSentEvent("x", retry=retry)]


@pytest.mark.parametrize("newline", [b"\n", b"\r", b"\r\n"])
def test_lines_end_in_each_of_three_ways_however_the_bytes_are_cut(newline: bytes) -> None:
    stream = newline.join([b"data: a", b"data: b", b"", b"event: e", b"data: \xe2\x82\xac", b"", b""])
    expected = [ServerSentEvent("a\nb"), ServerSentEvent("€", "e")]
    assert _events(stream) == expected
    assert _events(*(bytes([byte]) for byte in stream)) == expected
    assert all(_events(stream[:cut], stream[cut:]) == expected for cut in range(len(stream)))


def test_one_byte_order_mark_is_dropped_and_broken_utf8_replaced() -> None:
    assert _events(b"\xef\xbb\xbfdata: a\xff\n\n") == [ServerSentEvent("a\ufffd")]


def test_other_unicode_line_separators_are_data() -> None:
    assert _events("data: a\u2028b\x85c\x0cd\n\n".encode()) == [ServerSentEvent("a\u2028b\x85c\x0cd")]


@pytest.mark.parametrize("chunk", [b"data: x\n", b"x" * 8])
def test_an_event_that_never_ends_is_an_error(chunk: bytes) -> None:
    parser = EventParser(max_event_characters=100)
    with pytest.raises(ApiStreamError, match="larger than 100"):
        list(chain.from_iterable(parser.feed(chunk) for _ in range(50)))


def test_data_reads_as_text_and_as_json() -> None:
    event = ServerSentEvent('{"a": 1}')
    assert (str(event), event.json()) == ('{"a": 1}', {"a": 1})
