"""Begins, opens, rotates and revokes sessions."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fluxlit_sessions.errors import SessionGoneError
from fluxlit_sessions.identifiers import new_session_id
from fluxlit_sessions.server_sessions.endings import Endings
from fluxlit_sessions.server_sessions.records import SessionRecord, SessionRecords
from fluxlit_sessions.server_sessions.session import Session
from fluxlit_sessions.server_sessions.user_index import UserIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_sessions.protocols import AtomicSessionStore
    from fluxlit_sessions.server_sessions.options import SessionOptions

__all__ = ("Sessions",)


class Sessions:
    """All sessions of an application, in one store; safe to use from several threads and processes.

    Args:
        store: Where they are kept. Its owner closes it.
        options: Lifetimes.
        clock: Seconds since the epoch, the same for every process.
        token_here: Tells the token of the session that the calling code works for, such as the run of a page; empty for
            none. Its sockets stay open when that code ends the session.
    """

    def __init__(
        self,
        store: AtomicSessionStore,
        options: SessionOptions | None = None,
        *,
        clock: Callable[[], float] = time.time,
        token_here: Callable[[], str] = str,
    ) -> None:
        self._records = SessionRecords(store, options, clock=clock)
        self._index = UserIndex(self._records)
        self.endings = Endings(self._records, token_here)
        """Tells which sessions are revoked."""

    @property
    def store(self) -> AtomicSessionStore:
        """Where they are kept, for what else belongs there (under a prefix of its own)."""
        return self._records.store

    @property
    def options(self) -> SessionOptions:
        """Their lifetimes."""
        return self._records.options

    def create(self, *, user: str | None = None) -> Session:
        """Begin a session with a fresh token."""
        now = self._records.clock()
        return self._begin(SessionRecord(data={}, user=user, created_at=now, touched_at=now))

    def open(self, token: str) -> Session | None:
        """The session with this token; `None` if there is none, it has expired, or it was revoked.

        Raises:
            StoreUnavailableError: The store does not answer.
            UnreadableSessionError: It cannot be decrypted or read.
        """
        found = self._records.read(self._records.key(token))
        if found is None:
            return None
        record, version = found
        return Session(self._records, token, record=record, version=version)

    def open_issued(self, token: str) -> Session:
        """The session with a token that was issued without writing anything, as in a signed cookie.

        Until its first change nothing of it is stored, so that visitors who leave nothing cost nothing.

        Args:
            token: Checked by the caller: whoever can choose a token could read what others store under it.

        Raises:
            SessionGoneError: It was revoked or rotated.
            StoreUnavailableError: The store does not answer.
            UnreadableSessionError: It cannot be decrypted or read.
        """
        found = self._records.read(self._records.key(token), must_not_have_ended=True)
        if found is not None:
            return Session(self._records, token, record=found[0], version=found[1])
        now = self._records.clock()
        record = SessionRecord(data={}, user=None, created_at=now, touched_at=now)
        return Session(self._records, token, record=record, version=None)

    def rotate(self, session: Session, *, user: str | None = None, keep_data: bool = True) -> Session:
        """Give a session another token and let the old one end at once: at login, at logout, and whenever in doubt.

        What the session holds is saved first. Its absolute lifetime begins anew when its user changes.

        Args:
            session: Not to be used afterwards.
            user: Whom the new one is bound to; `None` for nobody.
            keep_data: Whether the values go along; at logout they should not.

        Raises:
            SessionGoneError: It has ended meanwhile; begin a new one.
        """
        session.save()
        old_key = self._records.key(session.token)
        # Atomic: of two rotations of the same session one goes through.
        record = self._records.end(old_key, even_if_unknown=not session.is_stored)
        if record is None and not session.is_stored:
            record = session.record
        if record is None:
            raise SessionGoneError("the session was revoked, rotated or has expired; begin a new one")
        if record.user is not None:
            self._index.discard(record.user, old_key)
        now = self._records.clock()
        return self._begin(
            SessionRecord(
                data=record.data if keep_data else {},
                user=user,
                created_at=record.created_at if user == record.user else now,
                touched_at=now,
            )
        )

    def revoke(self, session: Session | str) -> bool:
        """End a session, given itself or its token; whether anything of it was stored.

        No later visit with its token begins it anew. Runs that are under way cannot write it any more. A gateway that
        serves the application closes its open sockets within a second; but for a page that ends its own session, whose
        next run, in this tab as in others, finds it gone.
        """
        key = self._records.key(session if isinstance(session, str) else session.token)
        record = self._records.end(key, even_if_unknown=True)
        if record is not None and record.user is not None:
            self._index.discard(record.user, key)
        self.endings.announce([key])
        return record is not None

    def revoke_user(self, user: str) -> int:
        """End all sessions of a user, also those that begin at this moment; how many there were."""
        keys = self._index.take(user)
        ended = sum(self._records.end(key) is not None for key in keys)
        self.endings.announce(keys)
        return ended

    def key(self, token: str) -> str:
        """What the store and `endings` call the session with this token."""
        return self._records.key(token)

    def count(self, user: str) -> int:
        """How many living sessions a user has."""
        return sum(self._records.read(key) is not None for key in self._index.keys(user))

    def _begin(self, record: SessionRecord) -> Session:
        token = new_session_id()
        key = self._records.key(token)
        if record.user is not None:
            self._index.add(record.user, key)
        version = self._records.write(key, record, expected=None)
        if version is None:
            raise SessionGoneError("a fresh session id was already in use; is the store shared with something else?")
        if record.user is not None and key not in self._index.keys(record.user):
            self._records.store.delete(key)  # its token is nobody's: nothing has to remember that it ended
            raise SessionGoneError("the user's sessions were revoked while this one began; log in again")
        return Session(self._records, token, record=record, version=version)
