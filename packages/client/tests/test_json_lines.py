from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from fluxlit_client import ApiStreamError
from fluxlit_client.streams.json_lines import JsonLines


class Item(BaseModel):
    id: int


def _values(*chunks: bytes, model: Any = None) -> list[Any]:
    lines = JsonLines(model)
    return [value for chunk in chunks for value in lines.feed(chunk)] + list(lines.finish())


def test_each_line_is_a_value_however_the_bytes_are_cut() -> None:
    stream = '{"a": "ü"}\r\n\n[1]\nnull\n"last"'.encode()
    expected = [{"a": "ü"}, [1], None, "last"]
    assert all(_values(stream[:cut], stream[cut:]) == expected for cut in range(len(stream)))


def test_a_string_may_hold_other_line_separators() -> None:
    assert _values('"a\u2028b\x85c"\n'.encode()) == ["a\u2028b\x85c"]


def test_values_are_validated_as_the_model() -> None:
    assert _values(b'{"id": 1}\n{"id": 2}', model=Item) == [Item(id=1), Item(id=2)]
    with pytest.raises(ValidationError):
        _values(b'{"id": "x"}\n', model=Item)


def test_a_line_that_is_not_json_is_shown() -> None:
    with pytest.raises(ApiStreamError, match="<html>"):
        _values(b"<html>\n")


def test_a_line_that_never_ends_is_an_error() -> None:
    lines = JsonLines(max_line_bytes=100)
    with pytest.raises(ApiStreamError, match="longer than 100 bytes"):
        list(chain.from_iterable(lines.feed(b"x" * 8) for _ in range(50)))
