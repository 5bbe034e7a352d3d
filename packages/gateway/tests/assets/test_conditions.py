"""Ranges and conditions, as RFC 9110 sections 13 and 14 have them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fluxlit_gateway.assets.conditions import ByteRange, is_not_modified, parse_range, range_still_applies


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=0-", (0, 99)),
        ("bytes=10-19", (10, 19)),
        ("bytes=90-1000", (90, 99)),
        ("bytes=-1", (99, 99)),
        ("bytes=-1000", (0, 99)),
        ("Bytes=0-0", (0, 0)),
        (" bytes=0-0 ", (0, 0)),
    ],
)
def test_a_range_is_cut_to_the_file(field: str, expected: tuple[int, int]) -> None:
    wanted = parse_range(field, 100)

    assert wanted == ByteRange(*expected)
    assert ByteRange(*expected).satisfiable


@pytest.mark.parametrize("field", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_satisfied(field: str) -> None:
    wanted = parse_range(field, 100)

    assert wanted is not None
    assert not wanted.satisfiable


@pytest.mark.parametrize(
    "field",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=a-b",
        "lines=0-1",
        "bytes=0-1,3-4",
        "bytes=0x1-2",
        "bytes=\u0661-2",
        "bytes=1 - 2",
        "bytes=--1",
        "bytes=" + "9" * 5000 + "-",
    ],
)
def test_a_malformed_or_multiple_range_is_ignored(field: str) -> None:
    assert parse_range(field, 100) is None


# No deadline: how long an example takes says nothing on a busy machine.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet="bytes=0123456789-, ", max_size=30), st.integers(min_value=0, max_value=1000))
def test_a_satisfiable_range_lies_within_the_file(field: str, size: int) -> None:
    wanted = parse_range(field, size)

    if wanted is not None and wanted.satisfiable:
        assert 0 <= wanted.first <= wanted.last < size
        assert isinstance(wanted, ByteRange)


MODIFIED = 1_700_000_000.5
DATE = "Tue, 14 Nov 2023 22:13:20 GMT"


@pytest.mark.parametrize(
    ("if_none_match", "if_modified_since", "expected"),
    [
        (None, None, False),
        ('"tag"', None, True),
        ('W/"tag"', None, True),
        ('"other", "tag"', None, True),
        ("*", None, True),
        ('"other"', None, False),
        ("tag", None, False),
        ("", None, False),
        ('"other"', DATE, False),
        (None, DATE, True),
        (None, "Tue, 14 Nov 2023 22:13:21 GMT", True),
        (None, "Tue, 14 Nov 2023 22:13:19 GMT", False),
        (None, "yesterday", False),
        (None, "Tue, 99 Nov 2023 22:13:20 GMT", False),
        (None, "", False),
    ],
)
def test_not_modified(if_none_match: str | None, if_modified_since: str | None, *, expected: bool) -> None:
    assert (
        is_not_modified(
            if_none_match=if_none_match, if_modified_since=if_modified_since, etag='"tag"', modified=MODIFIED
        )
        is expected
    )


@pytest.mark.parametrize(
    ("if_range", "applies"),
    [(None, True), ('"tag"', True), (DATE, True), ('W/"tag"', False), ('"old"', False), ("", False)],
)
def test_a_range_applies_to_an_unchanged_file_alone(if_range: str | None, *, applies: bool) -> None:
    assert range_still_applies(if_range, etag='"tag"', last_modified=DATE) is applies
