"""Small binary messages of one frame, read without the library's parser.

Nearly all that a page sends is such a frame (RFC 6455, section 5.2). Whatever is not goes to the library as it came,
which judges it: text, fragments, control frames, larger frames, frames that break a rule.
"""

from __future__ import annotations

__all__ = ("ClientFrames",)

_FIN = 0x80
_MASKED = 0x80
_TEXT = 1
_BINARY = 2
_OPCODE = 0x0F
_WHOLE = _FIN | _BINARY
_IN_16_BITS = 126
_KEY_BYTES = 4
# Up to here unmasking by an int is as fast as the library's C code.
_SMALL_BYTES = 1 << 12


class ClientFrames:
    """Tells whole small binary messages from everything else in what a client sends.

    Lifecycle: made when the first byte after the opening handshake is still to come, and given every byte from there.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._passing = 0
        self._is_in_message = False

    def split(self, data: bytes) -> list[tuple[bool, bytes]]:
        """Return pieces in their order: ``True`` and a message's payload, or ``False`` and raw bytes for the library.

        Args:
            data: What came after what was given before. Half a head or half a small message waits for the rest.
        """
        if self._rest:
            data, self._rest = self._rest + data, b""
        pieces: list[tuple[bool, bytes]] = []
        position, size = 0, len(data)
        while position < size:
            if not self._passing:
                first = data[position]
                start, end = _payload(data, position)
                if not start:
                    self._rest = data[position:]
                    break
                is_small = first == _WHOLE and end - start <= _SMALL_BYTES and not self._is_in_message
                is_small = is_small and data[position + 1] >= _MASKED
                if is_small and end > size:
                    self._rest = data[position:]
                    break
                if is_small:
                    pieces.append((True, _unmasked(data, start, end)))
                    position = end
                    continue
                self._note_fragment(first)
                self._passing = end - position
            piece = data[position : position + self._passing]
            self._passing -= len(piece)
            position += len(piece)
            pieces.append((False, piece))
        return pieces

    def remainder(self) -> bytes:
        """Return what waits for its rest, and forget it: the library reads from there."""
        rest, self._rest = self._rest, b""
        return rest

    def _note_fragment(self, first: int) -> None:
        opcode = first & _OPCODE
        if opcode in {_TEXT, _BINARY}:
            self._is_in_message = not first & _FIN
        elif not opcode and first & _FIN:
            self._is_in_message = False


def _payload(data: bytes, position: int) -> tuple[int, int]:
    """Return where the payload of the frame at ``position`` starts and ends; (0, 0) while its head is incomplete."""
    size = len(data)
    if size < position + 2:
        return 0, 0
    length = data[position + 1]
    start = position + 2 + (_KEY_BYTES if length & _MASKED else 0)
    length &= ~_MASKED
    if length >= _IN_16_BITS:
        more = 2 if length == _IN_16_BITS else 8
        start += more
        if size < start:
            return 0, 0
        length = int.from_bytes(data[position + 2 : position + 2 + more])
    elif size < start:
        return 0, 0
    return start, start + length


def _unmasked(data: bytes, start: int, end: int) -> bytes:
    size = end - start
    pattern = (data[start - _KEY_BYTES : start] * (size // _KEY_BYTES + 1))[:size]
    return (int.from_bytes(data[start:end]) ^ int.from_bytes(pattern)).to_bytes(size)
