"""Small WebSocket messages of one frame, read and written without the library's parser.

Nearly every message of a page is such a frame (RFC 6455, section 5.2), and the library's way through a generator, a
dataclass and three streams costs more than the rest of a message's way through the gateway. Whatever is not one goes to
the library as it came, which judges it: fragments, control frames, large frames, frames that break a rule.
"""

import os
import struct

__all__ = ("BINARY", "PASSED_ON", "SMALL_TO_SEND_BYTES", "TEXT", "FrameSplitter", "MaskedFrames")

PASSED_ON = 0
TEXT = 1
BINARY = 2

# Up to here masking by an int is as fast as the library's C code.
SMALL_TO_SEND_BYTES = 1 << 12

_FIN = 0x80
_MASKED = 0x80
_OPCODE = 0x0F
_WHOLE = frozenset({_FIN | TEXT, _FIN | BINARY})
_HEAD_BYTES = 2
_IN_16_BITS = 126
_IN_64_BITS = 127
_SMALL_BYTES = 1 << 16
_KEYS_AT_A_TIME = 64
_FOR_EVER = 1 << 63


class FrameSplitter:
    """Tells whole small messages from everything else in what an upstream sends.

    Args:
        limit: Largest message that may be taken for a small one, in bytes; ``None`` for 64 KiB.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = _SMALL_BYTES if limit is None else min(limit, _SMALL_BYTES)
        self._rest = b""
        self._passing = 0
        self._is_in_message = False
        self._is_stopped = False

    def stop(self) -> None:
        """Pass everything on from here."""
        self._is_stopped = True

    def split(self, data: bytes) -> list[tuple[int, bytes]]:
        """Return pieces in their order: ``TEXT`` or ``BINARY`` with a payload, or ``PASSED_ON`` with raw bytes.

        Args:
            data: What came after what was given before. Half a head or half a small message waits for the rest.
        """
        if self._rest:
            data, self._rest = self._rest + data, b""
        if self._is_stopped:
            return [(PASSED_ON, data)]
        pieces: list[tuple[int, bytes]] = []
        position, size = 0, len(data)
        while position < size:
            if not self._passing:
                first = data[position]
                start, end = _payload(data, position)
                is_small = first in _WHOLE and end - start <= self._limit and not self._is_in_message
                if not start or (is_small and end > size):
                    self._rest = data[position:]
                    break
                if is_small:
                    pieces.append((first & _OPCODE, data[start:end]))
                    position = end
                    continue
                self._note_fragment(first)
                self._passing = end - position
            piece = data[position : position + self._passing]
            self._passing -= len(piece)
            position += len(piece)
            pieces.append((PASSED_ON, piece))
        return pieces

    def _note_fragment(self, first: int) -> None:
        opcode = first & _OPCODE
        if opcode in {TEXT, BINARY}:
            self._is_in_message = not first & _FIN
        elif not opcode and first & _FIN:
            self._is_in_message = False


def _payload(data: bytes, position: int) -> tuple[int, int]:
    """Return where the payload of the frame at ``position`` starts and ends; (0, 0) while its head is incomplete."""
    start = position + _HEAD_BYTES
    size = len(data)
    if size < start:
        return 0, 0
    length = data[position + 1]
    if length < _IN_16_BITS:
        return start, start + length
    if length & _MASKED:
        # Forbidden to a server: the end of everything, as the library will say.
        return start, start + _FOR_EVER
    more = 2 if length == _IN_16_BITS else 8
    if size < start + more:
        return 0, 0
    length = int.from_bytes(data[start : start + more])
    return start + more, start + more + length


class MaskedFrames:
    """Makes the frames that a client sends, each with a masking key of its own (RFC 6455, section 5.3)."""

    def __init__(self) -> None:
        self._keys: list[bytes] = []

    def make(self, opcode: int, payload: bytes) -> bytes:
        """Return a whole frame.

        Args:
            opcode: ``TEXT`` or ``BINARY``.
            payload: At most ``SMALL_TO_SEND_BYTES``.
        """
        if not self._keys:
            # Asking the kernel for each message costs as much as everything else here.
            drawn = os.urandom(4 * _KEYS_AT_A_TIME)
            self._keys = [drawn[at : at + 4] for at in range(0, len(drawn), 4)]
        key = self._keys.pop()
        size = len(payload)
        if size < _IN_16_BITS:
            head = b"%c%c%b" % (_FIN | opcode, _MASKED | size, key)
        else:
            head = struct.pack("!BBH", _FIN | opcode, _MASKED | _IN_16_BITS, size) + key
        pattern = (key * (size // 4 + 1))[:size]
        masked = int.from_bytes(payload) ^ int.from_bytes(pattern)
        return head + masked.to_bytes(size)
