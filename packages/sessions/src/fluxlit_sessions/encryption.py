"""Encryption of stored sessions, with keys that can be rotated (extra `encryption`)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from fluxlit_sessions.errors import MissingExtraError, UnreadableSessionError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("SessionEncryption",)

_BINDING_BYTES = 16


class SessionEncryption:
    """Encrypts sessions with the first key and decrypts them with any (Fernet: AES-128-CBC with HMAC-SHA256).

    To rotate, put a new key first and keep the old ones until every session written with them has expired. What is
    stored is bound to its session: a copy of it under another id does not open. Session ids themselves stay readable.

    Args:
        keys: Fernet keys (32 bytes, URL-safe base64), newest first. `SessionEncryption.generate_key()` makes one.

    Raises:
        ValueError: There is no key, or one is no Fernet key; the message has its position, never the key.
        MissingExtraError: `cryptography` is not installed.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            from cryptography.fernet import Fernet, InvalidToken, MultiFernet  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise MissingExtraError("encryption", purpose="encryption of sessions") from error
        if isinstance(keys, str) or not keys:
            raise ValueError("encryption needs a list of at least one key, newest first")
        fernets: list[Fernet] = []
        for position, key in enumerate(keys, start=1):
            try:
                fernets.append(Fernet(key))
            except ValueError as error:
                message = f"encryption key {position} of {len(keys)} is no Fernet key (32 bytes as URL-safe base64)"
                raise ValueError(message) from error
        self._fernet = MultiFernet(fernets)
        self._invalid_token = InvalidToken

    @staticmethod
    def generate_key() -> str:
        """A fresh random key."""
        try:
            from cryptography.fernet import Fernet  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise MissingExtraError("encryption", purpose="encryption of sessions") from error
        return Fernet.generate_key().decode("ascii")

    def encrypt(self, key: bytes, payload: bytes) -> bytes:
        """`payload` encrypted for the session stored under `key`."""
        return self._fernet.encrypt(_binding(key) + payload)

    def decrypt(self, key: bytes, payload: bytes) -> bytes:
        """What `encrypt` was given.

        Raises:
            UnreadableSessionError: No key opens it, or it belongs to another session.
        """
        try:
            opened = self._fernet.decrypt(payload)
        except self._invalid_token as error:
            raise UnreadableSessionError(
                "a stored session opens with none of the encryption keys; put the key it was written with back at the "
                "end of the list, or delete the session"
            ) from error
        if opened[:_BINDING_BYTES] != _binding(key):
            raise UnreadableSessionError("a stored session was copied from another id; delete it")
        return opened[_BINDING_BYTES:]


def _binding(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:_BINDING_BYTES]
