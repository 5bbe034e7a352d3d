from __future__ import annotations

import time

from fluxlit_gateway.observability.access_entries import AccessedRequests, AccessKey

STARTED, ENDED = 10.0, 10.25


def key(path: str = "/a", query: bytes = b"") -> AccessKey:
    return ("api", "GET", path, query, 200, "10.0.0.1")


def test_a_line_says_what_was_asked_how_it_ended_and_how_long_it_took() -> None:
    requests = AccessedRequests(level="INFO", sensitive_query_keys=frozenset())
    now = time.monotonic()
    (entry,) = requests.entries([(key(query=b"x=1"), b"id-1", now - 0.25, now)])
    assert entry.message == "GET /a?x=1 200 in 250.0 ms (api, request id-1, from 10.0.0.1)"
    assert abs(entry.created - time.time()) < 60


def test_lines_of_equal_requests_share_what_they_say_and_others_do_not() -> None:
    requests = AccessedRequests(level="INFO", sensitive_query_keys=frozenset())
    keys = [key(), key(), key("/b"), key(query=b"x=1")]
    entries = requests.entries([(each, b"id", STARTED, ENDED) for each in keys])
    assert entries[0].request is entries[1].request
    assert [entry.message.split()[1] for entry in entries] == ["/a", "/a", "/b", "/a?x=1"]


def test_a_path_writes_no_line_of_its_own_and_shows_no_secret() -> None:
    requests = AccessedRequests(level="INFO", sensitive_query_keys=frozenset({"badge"}))
    paths = ["/a\n2026 [info] forged\x1b[2J", "/token=abc.def"]
    entries = requests.entries([(key(path, b"badge=7&n=1"), b"id", STARTED, ENDED) for path in paths])
    said = [entry.message for entry in entries]
    assert all(line.isprintable() for line in said), said
    assert "\\x0a2026" in said[0]
    assert "abc.def" not in said[1]
    assert not any("badge=7" in line or "n=1" not in line for line in said), said


def test_long_paths_are_not_remembered() -> None:
    requests = AccessedRequests(level="INFO", sensitive_query_keys=frozenset())
    first, second = requests.entries([(key("/" + "a" * 5_000), b"id", STARTED, ENDED)] * 2)
    assert first.request is not second.request
    assert first.message == second.message
