"""One session as a page sees it: a dict that is written back if it changed."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from fluxlit_sessions.errors import SessionGoneError, StoreUnavailableError
from fluxlit_sessions.server_sessions.merging import are_same, merge_fields
from fluxlit_sessions.values.json_values import json_copy, to_json_object
from fluxlit_sessions.values.reading import read_as

if TYPE_CHECKING:
    from fluxlit_sessions.server_sessions.records import SessionRecord, SessionRecords

__all__ = ("Session",)

_T = TypeVar("_T")

# Each attempt that fails means that another writer got through: this many in a row are not chance.
_MAX_ATTEMPTS = 100


class Session(MutableMapping[str, Any]):
    """The values of a session, for one run of a page in one thread.

    Change it like a dict. `save` writes it if it changed; two runs that changed different fields both keep theirs.
    Made by `Sessions.create`, `Sessions.open` and `Sessions.open_issued`.
    """

    def __init__(self, records: SessionRecords, token: str, *, record: SessionRecord, version: str | None) -> None:
        self._records = records
        self._token = token
        self._record = record
        self._version = version
        self._values = json_copy(record.data)

    @property
    def token(self) -> str:
        """The secret by which it is opened again: for an `HttpOnly` cookie, never for a log."""
        return self._token

    @property
    def record(self) -> SessionRecord:
        """What was last read from or written to the store."""
        return self._record

    @property
    def user(self) -> str | None:
        """Whom it is bound to; `None` before login. Changed by `Sessions.rotate` alone."""
        return self._record.user

    @property
    def is_stored(self) -> bool:
        """Whether anything of it is in the store: one of `Sessions.open_issued` is written with its first change."""
        return self._version is not None

    @property
    def created_at(self) -> float:
        """When it began or its user logged in, in seconds since the epoch."""
        return self._record.created_at

    @property
    def seconds_left(self) -> float:
        """Until it ends without another visit."""
        return self._records.lifetime(self._record)

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save.

        Raises:
            UnsupportedValueError: A value is neither JSON nor a pydantic model.
        """
        return not are_same(to_json_object(self._values), self._record.data)

    def read_as(self, model: type[_T]) -> _T:
        """The values as a pydantic model, dataclass or `TypedDict`; see `fluxlit_sessions.read_as`."""
        return read_as(model, to_json_object(self._values))

    def save(self) -> bool:
        """Write it if it changed, merged with what others have written meanwhile; whether anything was written.

        Afterwards the session holds the merged values, as plain JSON. A visit without changes is written down now and
        then, so that the session does not end by idleness.

        Raises:
            SessionGoneError: It was revoked, rotated or has expired meanwhile; nothing was written.
            UnsupportedValueError: A value is neither JSON nor a pydantic model.
            SessionTooLargeError: It is larger than the store admits.
        """
        ours = to_json_object(self._values)
        is_changed = not are_same(ours, self._record.data)
        since_touched = 0.0 if self._version is None else self._records.clock() - self._record.touched_at
        if not is_changed and since_touched < self._records.options.touch_seconds:
            return False
        self._write(ours)
        return is_changed

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._values[key] = value

    def __delitem__(self, key: str) -> None:
        del self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        # Neither the token nor the values: both end up in logs otherwise.
        return f"<Session user={self.user!r} keys={sorted(self._values)!r}>"

    def _write(self, ours: dict[str, Any]) -> None:
        base, record, version = self._record.data, self._record, self._version
        key = self._records.key(self._token)
        for _ in range(_MAX_ATTEMPTS):
            # Nearly always nobody else has written, and what is stored is what was read.
            merged = ours if record is self._record else merge_fields(base, ours=ours, theirs=record.data)
            written = self._records.write(key, replace(record, data=merged), expected=version)
            if written is not None:
                self._record = replace(record, data=merged, touched_at=self._records.clock())
                self._version = written
                self._values = json_copy(merged)
                return
            current = self._records.read(key)
            if current is None:
                raise SessionGoneError("the session was revoked, rotated or has expired; its changes are not stored")
            record, version = current
        raise StoreUnavailableError(f"a session was changed by others {_MAX_ATTEMPTS} times while it was being saved")
