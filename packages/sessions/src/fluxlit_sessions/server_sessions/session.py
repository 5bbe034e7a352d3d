"""One session as a page sees it: a dict that is written back if it changed."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from fluxlit_sessions.errors import SessionGoneError, StoreUnavailableError
from fluxlit_sessions.server_sessions.merging import merge_fields
from fluxlit_sessions.values.json_values import to_json_object
from fluxlit_sessions.values.plain_json import JsonSnapshot, are_same
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
        self._key = records.key(token)
        self._version = version
        self._become(record)

    @property
    def token(self) -> str:
        """The secret by which it is opened again: for an `HttpOnly` cookie, never for a log."""
        return self._token

    @property
    def record(self) -> SessionRecord:
        """What was last read from or written to the store."""
        return replace(self._record, data=self._stored.value())

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
        return self._values_and_whether_changed()[1]

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
        ours, is_changed = self._values_and_whether_changed()
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

    def _become(self, record: SessionRecord) -> None:
        """Take over what the store has now; the values of `record` become the page's, to be changed in place."""
        self._record = record
        self._values = record.data
        self._stored = JsonSnapshot(record.data)

    def _values_and_whether_changed(self) -> tuple[dict[str, Any], bool]:
        """The values as plain JSON, and whether that is something else than the store has."""
        if self._stored.is_certainly(self._values):
            return self._values, False
        ours = to_json_object(self._values)
        # A tuple in place of an equal list, or the same fields in another order, is no change.
        return ours, not are_same(ours, self._stored.value())

    def _write(self, ours: dict[str, Any]) -> None:
        latest, version, merged = self._record, self._version, ours
        for _ in range(_MAX_ATTEMPTS):
            record = replace(latest, data=merged, touched_at=self._records.clock())
            written = self._records.write(self._key, record, expected=version)
            if written is not None:
                self._version = written
                self._become(record)
                return
            current = self._records.read(self._key)
            if current is None:
                raise SessionGoneError("the session was revoked, rotated or has expired; its changes are not stored")
            latest, version = current
            merged = merge_fields(self._stored.value(), ours=ours, theirs=latest.data)
        raise StoreUnavailableError(f"a session was changed by others {_MAX_ATTEMPTS} times while it was being saved")
