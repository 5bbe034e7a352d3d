"""What can go wrong with sessions.

    SessionError
    ├── UnsupportedValueError   (TypeError)     a value that is neither JSON nor a pydantic model
    ├── SessionTooLargeError    (ValueError)    more bytes than the store admits for one session
    ├── SessionGoneError        (RuntimeError)  revoked, rotated or expired while it was in use
    ├── InvalidSessionIdError   (ValueError)    an id that no store can keep
    ├── StoreUrlError           (ValueError)    `open_store` cannot read its argument
    ├── StoreUnavailableError   (RuntimeError)  the file or the server does not answer; trying again may help
    ├── StoreClosedError        (RuntimeError)  used after `close`
    ├── UnreadableSessionError  (RuntimeError)  what is stored cannot be decrypted or read
    └── MissingExtraError       (ImportError)   an optional dependency is not installed

No message contains a session id: whoever reads a log must not be able to take over a session.
"""

from __future__ import annotations

__all__ = (
    "InvalidSessionIdError",
    "MissingExtraError",
    "SessionError",
    "SessionGoneError",
    "SessionTooLargeError",
    "StoreClosedError",
    "StoreUnavailableError",
    "StoreUrlError",
    "UnreadableSessionError",
    "UnsupportedValueError",
)


class SessionError(Exception):
    """Base of every error of this package."""


class UnsupportedValueError(SessionError, TypeError):
    """A value cannot be stored; nothing of the session was written.

    Attributes:
        path: Where the value is, for example `cart.items[2].price`.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"session value {path!r} cannot be stored: {reason}")
        self.path = path


class SessionTooLargeError(SessionError, ValueError):
    """A session is larger than the store admits; nothing of it was written."""

    def __init__(self, size_bytes: int, *, max_bytes: int, largest: str) -> None:
        super().__init__(
            f"the session needs {size_bytes} bytes, more than max_bytes={max_bytes}; largest keys: {largest}. "
            "Keep large data elsewhere and a reference in the session, or raise max_bytes"
        )
        self.size_bytes = size_bytes
        self.max_bytes = max_bytes


class SessionGoneError(SessionError, RuntimeError):
    """A session ended while it was in use; what was changed in it is not stored."""


class InvalidSessionIdError(SessionError, ValueError):
    """A session id is too long or no text that can be written as UTF-8."""


class StoreUrlError(SessionError, ValueError):
    """The address of a store cannot be understood."""


class StoreUnavailableError(SessionError, RuntimeError):
    """The store does not answer, or stayed locked for longer than its time limit."""


class StoreClosedError(SessionError, RuntimeError):
    """The store was used after `close`."""


class UnreadableSessionError(SessionError, RuntimeError):
    """A stored session cannot be decrypted with any of the keys, or is not what this package writes."""


class MissingExtraError(SessionError, ImportError):
    """An optional dependency is missing; the message names the command that installs it."""

    def __init__(self, extra: str, *, purpose: str) -> None:
        super().__init__(f"{purpose} needs an optional dependency: pip install 'fluxlit-sessions[{extra}]'")
        self.extra = extra
