"""The visitor's session in one run: opened when the first parameter asks for it, written when the run has ended.

A run that raises writes nothing. One that Streamlit stopped or reran (``st.stop``, ``st.rerun``, a click during the
run) has ended in the normal way, and is written. What cannot be written because the store does not answer is kept in
the tab's memory and written by the next run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Protocol, Self

from fluxlit_pages.di.session_token import issued_token, token_of_tab
from fluxlit_pages.errors import SessionNotIssuedError
from fluxlit_pages.session_outage import show_unsaved
from fluxlit_sessions import Session, SessionGoneError, StoreUnavailableError

if TYPE_CHECKING:
    from types import TracebackType

    from fluxlit_pages.di.sources import Run

__all__ = ("RunSession", "SessionPart", "run_session")

_KEY: Final = "fluxlit session"
# Two underscores: neither widgets nor URL sessions use such keys.
_UNSAVED_KEY: Final = "__fluxlit_unsaved_session__"


class SessionPart(Protocol):
    """Something that is kept in the session and writes itself back before the session is written."""

    def __call__(self, session: Session, /) -> None:
        """Write into the session what has changed."""
        ...


def run_session(run: Run) -> RunSession:
    """The session of a run.

    Raises:
        StoreUnavailableError: The store does not answer.
        SessionNotIssuedError: It did not when the page was opened.
        SessionGoneError: The session has ended; the page has to be loaded anew.
    """
    return run.entered(_KEY, lambda: RunSession(run))


class RunSession:
    """Opens the session, collects what is kept in it, and writes it."""

    # A look into st.session_state takes as long as a read of the store; nearly always there is no need for one.
    _something_was_unsaved: ClassVar[bool] = False

    def __init__(self, run: Run) -> None:
        self._st = run.st
        self._owner = run.owner
        self._issued = issued_token(run.st)
        self._parts: list[SessionPart] = []
        self.session = self._unsaved() or self._opened()

    def __enter__(self) -> Self:
        if self._issued is not None:
            from fluxlit_pages.run_after_reconnect import run_after_reconnect  # noqa: PLC0415 - imports Streamlit

            run_after_reconnect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            return
        for part in self._parts:
            part(self.session)
        try:
            self.session.save()
        except StoreUnavailableError as failure:
            self._st.session_state[_UNSAVED_KEY] = self.session
            RunSession._something_was_unsaved = True
            if error is None:
                show_unsaved(self._st, self._owner, failure)

    def add(self, part: SessionPart) -> None:
        """Have something written back at the end of the run."""
        self._parts.append(part)

    def _unsaved(self) -> Session | None:
        """What an earlier run of this tab could not write, written now."""
        session: object = self._st.session_state.get(_UNSAVED_KEY) if self._something_was_unsaved else None
        if not isinstance(session, Session):
            return None
        try:
            session.save()
        except StoreUnavailableError:
            raise
        except Exception:
            del self._st.session_state[_UNSAVED_KEY]
            raise
        del self._st.session_state[_UNSAVED_KEY]
        return session

    def _opened(self) -> Session:
        issued, sessions = self._issued, self._owner.sessions
        if issued is None:
            return sessions.open_issued(token_of_tab(self._st))
        if not issued.token:
            raise SessionNotIssuedError("the session store did not answer when this page was opened; reload it")
        if not issued.is_of_user:
            return sessions.open_issued(issued.token)
        session = sessions.open(issued.token)
        if session is None:
            raise SessionGoneError("the user's session was revoked, rotated or has expired; reload the page")
        return session
