"""Events of a run, handed to the event loop together.

In Streamlit each message of a script is an event of its own that wakes the event loop from the script's thread. A page
of four elements wakes it twelve times, and each time the loop wants the interpreter that the script is using. Here
events wait until the run has ended, or for five milliseconds, the pause that Streamlit makes between two deliveries: a
small page is one delivery, on a busy machine as well.

Lifecycle: what waits is kept on Streamlit's `AppSession`. A request to run again, which may have the session forget the
run that is ending, first takes what is waiting.
"""

from __future__ import annotations

import asyncio
import inspect
from collections import deque
from functools import wraps
from typing import TYPE_CHECKING, Any

from fluxlit_sidecar.streamlit_server.run_costs.known_code import (
    MARK,
    is_known,
    is_ours,
    leave_alone,
    member,
    namespace,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("hand_events_over_together",)

_SESSION = "streamlit.runtime.app_session"
_RECEIVER = "_on_scriptrunner_event"
_HANDLER = "_handle_scriptrunner_event_on_event_loop"
_KNOWN = ("_call_soon_on_event_loop", "_event_loop", "call_soon_threadsafe", _HANDLER)
_KEPT = "_fluxlit_waiting_events"
# Seconds for which what a page has made may wait for more of it.
_MOMENT = 0.005
# All others say that a run or its thread has ended, and are handed over at once.
_PATIENT = ("ENQUEUE_FORWARD_MSG", "SCRIPT_STARTED")


def hand_events_over_together() -> bool:
    """Exchange what receives the events of a script; whether it was, now or before."""
    names = namespace(_SESSION)
    session, events = names.get("AppSession"), names.get("ScriptRunnerEvent")
    original, handler, rerun = (member(session, name) for name in (_RECEIVER, _HANDLER, "request_rerun"))
    if is_ours(original):
        return True
    patient = frozenset(getattr(events, name, None) for name in _PATIENT)
    if None in {original, handler, rerun, *patient}:
        return leave_alone("the way of a script's events")
    has_loop = "_event_loop" in session.__init__.__code__.co_names
    if not has_loop or not is_known(original, _KNOWN, {_HANDLER}) or not _alike(original, handler):
        return leave_alone("the way of a script's events")
    _exchange(session, patient, rerun)
    return True


def _alike(receiver: Any, handler: Any) -> bool:
    return list(inspect.signature(receiver).parameters) == list(inspect.signature(handler).parameters)


def _exchange(session_class: Any, patient: frozenset[object], original_rerun: Callable[..., None]) -> None:
    def receive(self: Any, sender: Any, event: Any, *args: Any, **kwargs: Any) -> None:
        waiting = _waiting_of(self)
        waiting.events.append(((sender, event, *args), kwargs))
        if event in patient:
            waiting.soon(self)
        else:
            waiting.now(self)

    @wraps(original_rerun)
    def request_rerun(self: Any, *args: Any, **kwargs: Any) -> None:
        waiting = _waiting_of(self)
        if not waiting.is_loops_thread():
            original_rerun(self, *args, **kwargs)
            return
        # As if they had been handed over one by one: the session may forget the run that they belong to.
        waiting.take(self)
        original_rerun(self, *args, **kwargs)
        # The run that begins now need not wake the loop for this.
        waiting.expect(self)

    setattr(receive, MARK, True)
    setattr(request_rerun, MARK, True)
    setattr(session_class, _RECEIVER, receive)
    session_class.request_rerun = request_rerun


def _waiting_of(session: Any) -> _Waiting:
    kept: dict[str, Any] = session.__dict__
    found = kept.get(_KEPT)
    if isinstance(found, _Waiting):
        return found
    # Two threads may both make one; only one of them is kept.
    return kept.setdefault(_KEPT, _Waiting(session._event_loop))  # noqa: SLF001 - Streamlit has no public name for it


class _Waiting:
    """Events that wait, of one session. It does not know the session, which must not be part of a cycle."""

    __slots__ = ("_is_called", "_is_expected", "_loop", "_timer", "events")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.events: deque[tuple[tuple[Any, ...], dict[str, Any]]] = deque()
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None
        self._is_expected = False
        self._is_called = False

    def is_loops_thread(self) -> bool:
        return asyncio._get_running_loop() is self._loop  # noqa: SLF001 - documented for this: it raises nothing

    # In any thread. An event is there before the flags are looked at, and the loop takes back a flag before it looks at
    # the events: none is left behind.

    def soon(self, session: Any) -> None:
        if not self._is_expected:
            self._is_expected = True
            self._call(self._start_timer, session)

    def now(self, session: Any) -> None:
        if not self._is_called:
            self._is_called = True
            self._call(self.take, session)

    def _call(self, step: Callable[[Any], None], session: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(step, session)
        except RuntimeError:
            # The server has ended, and nobody is left to be told.
            if not self._loop.is_closed():
                raise

    # In the loop's thread.

    def expect(self, session: Any) -> None:
        """Look for events in a moment, without being called."""
        if not self._is_expected:
            self._is_expected = True
            self._start_timer(session)

    def take(self, session: Any) -> None:
        """Handle all that are waiting."""
        self._is_called = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._is_expected = False
        while self.events:
            args, kwargs = self.events.popleft()
            try:
                session._handle_scriptrunner_event_on_event_loop(*args, **kwargs)  # noqa: SLF001 - as the original does
            except Exception as error:  # noqa: BLE001 - as the loop does with a callback: the others still come
                self._loop.call_exception_handler({"message": "an event of a script failed", "exception": error})

    def _start_timer(self, session: Any) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(_MOMENT, self._look, session)

    def _look(self, session: Any) -> None:
        self._timer = None
        had_events = bool(self.events)
        self.take(session)
        if had_events:
            # More will come; until they stop the script's thread need not call.
            self._start_timer(session)
            return
        self._is_expected = False
        if self.events:
            self.expect(session)
