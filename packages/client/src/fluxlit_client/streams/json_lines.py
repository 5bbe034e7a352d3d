"""Newline-delimited JSON, read from chunks of bytes. No input or output: the clients feed it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import TypeAdapter

from fluxlit_client.errors import ApiStreamError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("MAX_LINE_BYTES", "JsonLines")

MAX_LINE_BYTES: Final = 16 * 1024 * 1024
"""A longer line ends the stream with an error, so that a peer which never ends its line cannot fill memory."""


class JsonLines:
    """Splits at LF only: a JSON string may hold every other line separator of Unicode as it is."""

    def __init__(self, model: Any = None, *, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._adapter: TypeAdapter[Any] | None = None if model is None else _adapter(model)
        self._max_line_bytes = max_line_bytes
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """The values of the lines that ``chunk`` completes.

        Raises:
            ApiStreamError: A line is not JSON, or too long.
            ValidationError: Pydantic's: a line is not of the model.
        """
        *lines, rest = chunk.split(b"\n")
        for line in lines:
            complete = bytes(self._rest) + line
            self._rest.clear()
            yield from self._value(complete)
        self._rest += rest
        if len(self._rest) > self._max_line_bytes:
            raise ApiStreamError(f"a JSON line is longer than {self._max_line_bytes} bytes")

    def finish(self) -> Iterator[Any]:
        """The value of a last line that no newline ended."""
        yield from self._value(bytes(self._rest))

    def _value(self, line: bytes) -> Iterator[Any]:
        text = line.strip()
        if not text:
            return
        if self._adapter is not None:
            yield self._adapter.validate_json(text)
            return
        try:
            yield json.loads(text)
        except ValueError as error:
            raise ApiStreamError(f"a line of the stream is not JSON ({error}): {text[:80]!r}") from error


def _adapter(model: Any) -> TypeAdapter[Any]:
    return cast("TypeAdapter[Any]", model) if isinstance(model, TypeAdapter) else TypeAdapter(model)
