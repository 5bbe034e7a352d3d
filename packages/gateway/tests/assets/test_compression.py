"""The codings, beyond one piece and one flush."""

import gzip
from threading import Event
from typing import Any

import brotli
import pytest
import zstandard

from fluxlit_gateway.assets.accept_encoding import Encoding
from fluxlit_gateway.assets.compression import Strength, compress

DECODER: Any = brotli
LONG = b"".join(b"const name%d = %d;\n" % (n, n * n) for n in range(30_000))


def decode(encoding: Encoding, coded: bytes) -> bytes:
    if encoding == "br":
        plain: bytes = DECODER.decompress(coded)
        return plain
    return zstandard.ZstdDecompressor().decompress(coded) if encoding == "zstd" else gzip.decompress(coded)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip"])
@pytest.mark.parametrize("plain", [b"", b"x", LONG], ids=["empty", "one byte", "long"])
def test_quick_and_best_decode_to_the_same(encoding: Encoding, plain: bytes) -> None:
    assert len(LONG) > 512 * 1024, "longer than a piece that brotli flushes"
    strengths: tuple[Strength, ...] = ("quick", "best") if encoding != "br" or plain is not LONG else ("quick",)

    for strength in strengths:
        coded = compress(plain, encoding, strength)
        assert coded is not None
        assert decode(encoding, coded) == plain


def test_the_same_bytes_come_out_the_same() -> None:
    assert compress(LONG, "gzip", "best") == compress(LONG, "gzip", "best")


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip"])
def test_a_cancelled_one_gives_nothing(encoding: Encoding) -> None:
    cancelled = Event()
    cancelled.set()

    assert compress(LONG, encoding, "best", cancelled=cancelled) is None
