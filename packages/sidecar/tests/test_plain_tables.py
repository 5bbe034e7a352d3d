"""Plain tables that are converted once look as if they had been converted each time."""

from __future__ import annotations

import collections
import subprocess
import sys
import textwrap
from typing import Any

import numpy as np
import pytest

from fluxlit_sidecar.streamlit_server.run_costs.plain_tables import Outcomes
from fluxlit_sidecar.streamlit_server.run_costs.plain_values import MOST_BYTES, MOST_CELLS, digest_of

DIFFERENT: tuple[Any, ...] = (
    {"a": [1, 2]},
    {"a": [1.0, 2.0]},
    {"a": [True, 2]},
    {"a": (1, 2)},
    {"a": [2, 1]},
    {"b": [1, 2]},
    {"a": ["1", "2"]},
    {"a": [1, None]},
    {"a": [0.0]},
    {"a": [-0.0]},
    {"a": [float("nan")]},
    {"a": [1], "b": [2]},
    {"b": [2], "a": [1]},
    {"a": {"x": 1, "y": 2}},
    [{"a": 1}, {"a": 2}],
    [[1, 2]],
    [(1, 2)],
    ([1, 2],),
)
NOT_PLAIN: tuple[Any, ...] = (
    None,
    {},
    [],
    [1, 2],
    {"a": 1},
    {"a": np.array([1, 2])},
    {"a": [np.int64(1)]},
    {"a": [b"bytes"]},
    {"a": [bytearray(b"bytes")]},
    {1: ["a"]},
    {"a": [["deep"]]},
    [{1: "a"}],
    collections.OrderedDict[str, Any](a=[1]),
    [collections.UserDict(a=1)],
    np.array([[1, 2]]),
    {"a": ["x" * (MOST_BYTES + 1)]},
    {"a": [1] * (MOST_CELLS + 1)},
)
# In a process of its own: it changes Streamlit for everyone in this one.
_IN_A_PROCESS = """
import pandas
from streamlit import dataframe_util
from streamlit.elements import table
originals = dataframe_util.convert_anything_to_arrow_bytes, table._compute_hide_index
from fluxlit_sidecar.streamlit_server.run_costs.plain_tables import remember_plain_tables
assert remember_plain_tables() and remember_plain_tables()
convert, hides = dataframe_util.convert_anything_to_arrow_bytes, table._compute_hide_index
assert convert is not originals[0]
"""


def test_only_equal_tables_of_equal_types_have_the_same_digest() -> None:
    digests = [digest_of(data) for data in DIFFERENT]
    assert None not in digests
    assert len(set(digests)) == len(DIFFERENT)
    made = str(b"Oslo", "ascii")
    assert digest_of([[made, "Oslo"]]) == digest_of([["Oslo", "Oslo"]]) == digest_of([["Oslo", made]])


@pytest.mark.parametrize("data", NOT_PLAIN, ids=lambda data: type(data).__name__)
def test_what_is_not_a_table_of_plain_values_or_is_too_large_has_none(data: Any) -> None:
    assert digest_of(data) is None


def test_what_was_not_used_for_longest_goes_first_when_there_is_no_room() -> None:
    outcomes = Outcomes(12_000)
    for key in "abc":
        outcomes.keep(key, bytes(1_000))
    for key in "defghijk":
        assert outcomes.get("a") == (bytes(1_000),)
        outcomes.keep(key, bytes(1_000))
    assert outcomes.get("b") is None
    assert outcomes.get("k") == (bytes(1_000),)
    outcomes.keep("large", bytes(2_000))
    assert outcomes.get("large") is None


def in_a_process(code: str) -> None:
    whole = _IN_A_PROCESS + textwrap.dedent(code)
    subprocess.run([sys.executable, "-c", whole], check=True, timeout=120, capture_output=True)


def test_conversions_give_what_streamlits_give_and_see_each_change() -> None:
    in_a_process(
        """
        rows = [["Oslo", 1], ["Rome", None]]
        for data in ({"a": [1, 2], "b": ["x", None]}, [{"a": 1}, {"b": 2.5}], rows, [[1], ["mixed"]], ((True,),)):
            for _ in range(3):
                assert convert(data) == originals[0](data)
                assert hides(data, None) == originals[1](data, None)
                assert hides(data, False) is False and hides(data, True) is True
        rows[0][1] = 2
        assert convert(rows) == originals[0](rows)
        frame = pandas.DataFrame({"a": [1]}, index=["x"])
        assert convert(frame) == originals[0](frame) and hides(frame, None) is False
        """
    )


def test_an_option_of_pandas_that_changes_a_table_is_seen() -> None:
    in_a_process(
        """
        data = {"a": ["x", None]}
        known = convert(data)
        pandas.set_option("future.infer_string", not pandas.get_option("future.infer_string"))
        assert convert(data) == originals[0](data) != known
        """
    )
