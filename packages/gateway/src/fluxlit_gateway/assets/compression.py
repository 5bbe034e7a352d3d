"""The content codings, each in two strengths: quick for a visitor who waits, best for the cache."""

import zlib
from collections.abc import Iterator
from threading import Event
from typing import Any, Literal, Protocol

import brotli
import zstandard

from fluxlit_gateway.assets.accept_encoding import Encoding

__all__ = ("Strength", "compress")

Strength = Literal["quick", "best"]

# Measured on Streamlit 1.67's protobuf.js (861 kB): brotli 4: 101 kB in 28 ms; 11: 71 kB in 2.2 s. zstd 3: 106 kB in
# 3 ms; 19: 76 kB in 0.7 s. gzip 4: 112 kB in 14 ms; 9: 100 kB in 30 ms.
_LEVELS: dict[Encoding, dict[Strength, int]] = {
    "br": {"quick": 4, "best": 11},
    # 19 is the highest level whose window, 8 MiB, browsers must accept (RFC 9659).
    "zstd": {"quick": 3, "best": 19},
    "gzip": {"quick": 4, "best": 9},
}
# The module has no type information.
_BROTLI: Any = brotli
_CHUNK = 64 * 1024
# Brotli at its best does most of its work when it flushes: 9 s at once for 4.7 MB. A flush after each 512 KiB bounds
# the wait at a stop by about a second, and costs less than one percent in size.
_BROTLI_FLUSH = 512 * 1024
_GZIP_FORMAT = 16 + zlib.MAX_WBITS


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Brotli:
    def __init__(self, quality: int) -> None:
        self._compressor = _BROTLI.Compressor(quality=quality)
        self._unflushed = 0

    def compress(self, data: bytes, /) -> bytes:
        self._unflushed += len(data)
        coded: bytes = self._compressor.process(data)
        if self._unflushed < _BROTLI_FLUSH:
            return coded
        self._unflushed = 0
        flushed: bytes = self._compressor.flush()
        return coded + flushed

    def flush(self) -> bytes:
        finished: bytes = self._compressor.finish()
        return finished


def compress(data: bytes, encoding: Encoding, strength: Strength, *, cancelled: Event | None = None) -> bytes | None:
    """The coded bytes; None when cancelled on the way. The same input gives the same bytes (gzip carries no date)."""
    coded: list[bytes] = []
    for part in _steps(data, _compressor(encoding, strength, len(data))):
        if cancelled is not None and cancelled.is_set():
            return None
        coded.append(part)
    return b"".join(coded)


def _compressor(encoding: Encoding, strength: Strength, size: int) -> _Compressor:
    level = _LEVELS[encoding][strength]
    if encoding == "br":
        return _Brotli(level)
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=level).compressobj(size=size)
    return zlib.compressobj(level, zlib.DEFLATED, _GZIP_FORMAT)


def _steps(data: bytes, compressor: _Compressor) -> Iterator[bytes]:
    for start in range(0, len(data), _CHUNK):
        yield compressor.compress(data[start : start + _CHUNK])
    yield compressor.flush()
