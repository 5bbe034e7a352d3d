"""Plain JSON in memory against what Python's own json and the slow, naming conversion say."""

from __future__ import annotations

import enum
import json
import subprocess
import sys
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluxlit_sessions import UnsupportedValueError
from fluxlit_sessions.values.json_values import to_json_object
from fluxlit_sessions.values.plain_json import JsonSnapshot, NotPlainError, are_same, plain_copy

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
PLAIN = st.dictionaries(
    st.text(), st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
)


class Colour(enum.StrEnum):
    RED = "red"


def written(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def containers(value: object) -> set[int]:
    identity = id(value)
    if isinstance(value, dict):
        inner = list(cast("dict[str, object]", value).values())
    elif isinstance(value, list):
        inner = cast("list[object]", value)
    else:
        return set()
    return {identity}.union(*(containers(item) for item in inner))


@settings(max_examples=50, deadline=None)
@given(value=PLAIN)
def test_a_copy_is_equal_and_shares_nothing(value: dict[str, Any]) -> None:
    copied = plain_copy(value, levels=100)

    assert written(copied) == written(value)
    assert not containers(copied) & containers(value)


@settings(max_examples=50, deadline=None)
@given(one=PLAIN, other=PLAIN)
def test_what_is_the_same_is_what_is_written_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert are_same(one, other) is (written(one) == written(other))
    assert are_same(one, json.loads(json.dumps(one)))


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), (0, False), (0.0, -0.0), ([1], [1.0]), (None, 0)])
def test_what_python_holds_equal_is_not_the_same(one: object, other: object) -> None:
    assert not are_same({"x": one}, {"x": other})
    assert not JsonSnapshot(to_json_object({"x": one})).is_certainly({"x": other})


@settings(max_examples=50, deadline=None)
@given(value=PLAIN)
def test_a_snapshot_keeps_what_was_there_and_notices_every_change(value: dict[str, Any]) -> None:
    before = written(value)
    snapshot = JsonSnapshot(to_json_object(value))
    assert snapshot.is_certainly(json.loads(json.dumps(value)))

    value["new"] = [object()]
    assert not snapshot.is_certainly(value)
    value["new"] = b"bytes"
    assert not snapshot.is_certainly(value)
    assert written(snapshot.value()) == before


@pytest.mark.parametrize(
    "value", [{1: 2}, {"x": (1,)}, {"x": Colour.RED}, {Colour.RED: 1}, {"x": float("nan")}, {"x": {1}}, {"x": b"y"}]
)
def test_what_is_not_plain_goes_the_long_way(value: Any) -> None:
    with pytest.raises(NotPlainError):
        plain_copy(value, levels=100)


def test_a_session_is_a_mapping() -> None:
    with pytest.raises(UnsupportedValueError, match="it is a list"):
        to_json_object([1])  # pyright: ignore[reportArgumentType] - what a caller without types may pass


def test_versions_are_of_one_length_and_a_forked_process_has_others() -> None:
    # In a process of its own, because the one that runs the tests may have threads.
    code = (
        "import os\n"
        "from fluxlit_sessions.stores.versions import new_version\n"
        "new_version()\n"
        "child = os.fork()\n"
        "child and os.waitpid(child, 0)\n"  # one after the other: their lines must not mix
        "print(' '.join(new_version() for _ in range(100)), flush=True)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    versions = printed.stdout.split()

    assert len(versions) == len(set(versions)) == 200
    assert {len(version) for version in versions} == {16}
