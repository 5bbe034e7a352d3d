"""Turns a session's data into the bytes that a store keeps, and back: JSON, a size limit, and encryption if wanted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from fluxlit_sessions.errors import SessionTooLargeError, UnreadableSessionError, UnsupportedValueError
from fluxlit_sessions.values.json_values import to_json_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_sessions.encryption import SessionEncryption
    from fluxlit_sessions.values.plain_json import JsonValue

__all__ = ("DEFAULT_MAX_BYTES", "SessionCodec")

# 1 MiB: every run of a page reads its session, so a larger one would make each click slow.
DEFAULT_MAX_BYTES = 1024 * 1024

_LARGEST_NAMED = 3

# Escaped to ASCII, so that lone surrogates (half an emoji from a browser) come back as they were.
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


@dataclass(frozen=True, slots=True)
class SessionCodec:
    """Writes and reads sessions as bytes.

    Attributes:
        max_bytes: The largest session admitted, counted as JSON before encryption.
        encryption: Encrypts what is stored; `None` leaves it as JSON.
    """

    max_bytes: int = DEFAULT_MAX_BYTES
    encryption: SessionEncryption | None = None

    def encode(self, key: bytes, data: Mapping[str, Any]) -> bytes:
        """The bytes to keep for the session with this key.

        Raises:
            UnsupportedValueError: See `to_json_object`.
            SessionTooLargeError: It is larger than `max_bytes`.
        """
        values = to_json_object(data)
        payload = _to_bytes(values)
        if len(payload) > self.max_bytes:
            raise SessionTooLargeError(len(payload), max_bytes=self.max_bytes, largest=_largest_keys(values))
        return payload if self.encryption is None else self.encryption.encrypt(key, payload)

    def decode(self, key: bytes, payload: bytes) -> dict[str, Any]:
        """The data that was encoded.

        Raises:
            UnreadableSessionError: It was not written by this codec, or none of the keys opens it.
        """
        if self.encryption is not None:
            payload = self.encryption.decrypt(key, payload)
        try:
            data = cast("object", json.loads(payload))
        except ValueError as error:
            raise UnreadableSessionError(
                "a stored session is no JSON; was it written with encryption keys, or by another program?"
            ) from error
        if not isinstance(data, dict):
            raise UnreadableSessionError(f"a stored session is a JSON {type(data).__name__}, not an object")
        return cast("dict[str, Any]", data)


def _to_bytes(value: JsonValue) -> bytes:
    try:
        return _ENCODER.encode(value).encode("ascii")
    except ValueError as error:  # an integer of more digits than Python converts (sys.set_int_max_str_digits)
        raise UnsupportedValueError("(somewhere)", str(error)) from error


def _largest_keys(values: dict[str, JsonValue]) -> str:
    sizes = sorted(((len(_to_bytes(value)), key) for key, value in values.items()), reverse=True)
    return ", ".join(f"{key!r} ({size} bytes)" for size, key in sizes[:_LARGEST_NAMED])
