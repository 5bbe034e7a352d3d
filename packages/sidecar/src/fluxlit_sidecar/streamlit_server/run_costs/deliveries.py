"""Messages to browsers, delivered as soon as they are there.

Streamlit's runtime delivers, pauses, makes tasks that wait for the next message or for its end, cancels them, and waits
for the event loop once for each message. Here it waits for one event, and a socket's messages are written together, at
once where that can be (see `session_clients`).
How small the parts are in which a page is delivered is decided before, see `run_events`.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from typing import TYPE_CHECKING, Any, NamedTuple

from fluxlit_sidecar.streamlit_server.run_costs.known_code import (
    MARK,
    is_known,
    is_ours,
    leave_alone,
    member,
    namespace,
)
from fluxlit_sidecar.streamlit_server.run_costs.session_clients import write_to_browsers_directly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ("deliver_at_once",)

_LOGGER = logging.getLogger("fluxlit.sidecar")
# More than so many are sent with a turn of the loop after them, and after each for a browser that is behind, as
# Streamlit does with all: it gives up a browser for which 500 messages wait, and a slow one needs the time.
_TOGETHER = 20
_LOOP = "_loop_coroutine"
_WAKER = "_enqueued_some_message"
_KNOWN_OF_WAKER = ("_get_async_objs", "call_soon_threadsafe", "eventloop", "need_send_data", "set")
# fmt: off
_KNOWN_OF_LOOP = (
    "Exception", "FIRST_COMPLETED", "INITIAL", "MESSAGE_FLUSH_INTERVAL_SECS", "NO_SESSIONS_CONNECTED",
    "ONE_OR_MORE_SESSIONS_CONNECTED", "RuntimeError", "RuntimeState", "STOPPED", "SessionClientDisconnectedError",
    "_LOGGER", "_SIGNAL_CHECK_INTERVAL", "_get_async_objs", "_send_message", "_session_mgr", "_set_state", "_state",
    "asyncio", "cancel", "clear", "client", "close_session", "create_task", "disconnect_session",
    "flush_browser_queue", "has_connection", "id", "info", "is_set", "list_active_sessions", "list_sessions",
    "must_stop", "need_send_data", "on_flushed_messages_sent", "print_exc", "session", "set_exception", "set_result",
    "sleep", "started", "stopped", "traceback", "wait",
)
_NEEDED_OF_LOOP = (
    "INITIAL", "NO_SESSIONS_CONNECTED", "STOPPED", "SessionClientDisconnectedError", "_get_async_objs", "_send_message",
    "_session_mgr", "_set_state", "close_session", "disconnect_session", "flush_browser_queue", "list_active_sessions",
    "list_sessions", "must_stop", "need_send_data", "started", "stopped",
)
_KNOWN_OF_SENDER = (
    "FINISHED_SUCCESSFULLY", "ForwardMsg", "WhichOneof", "client", "script_finished", "script_run_count",
    "write_forward_msg",
)
# fmt: on


def deliver_at_once() -> bool:
    """Exchange the loop of Streamlit's runtime; whether it was."""
    names = namespace("streamlit.runtime.runtime")
    runtime, states = names.get("Runtime"), names.get("RuntimeState")
    gone: Any = names.get("SessionClientDisconnectedError")
    loop, waker = member(runtime, _LOOP), member(runtime, _WAKER)
    if is_ours(loop):
        return True
    known = is_known(loop, _KNOWN_OF_LOOP, _NEEDED_OF_LOOP) and is_known(waker, _KNOWN_OF_WAKER, _KNOWN_OF_WAKER)
    # Where it has to look for signals now and then (Windows) it stays as it is.
    if not known or None in {states, gone} or names.get("_SIGNAL_CHECK_INTERVAL", 0) is not None:
        return leave_alone("the runtime's loop")
    write_to_browsers_directly()
    _exchange(runtime, states, _Exchanged(gone, _disconnecter(runtime), _counter(runtime)))
    return True


class _Exchanged(NamedTuple):
    """What the runtime's own loop does, in the ways of this version of Streamlit."""

    gone: type[Exception]
    disconnect: Callable[[Any, Any], None]
    # What the runtime notes of messages that it does not send itself; None where that is not known.
    counts: Callable[[Any, Iterable[Any]], None] | None


def _exchange(runtime_class: Any, states: Any, exchanged: _Exchanged) -> None:
    async def loop_coroutine(self: Any) -> None:
        things = self._get_async_objs()
        try:
            if self._state == states.INITIAL:
                self._set_state(states.NO_SESSIONS_CONNECTED)
            things.started.set_result(None)
            await _deliver_until_stopped(self, things, exchanged)
            for info in self._session_mgr.list_sessions():
                self._session_mgr.close_session(info.session.id)
            self._set_state(states.STOPPED)
            things.stopped.set_result(None)
        except Exception as error:
            things.stopped.set_exception(error)
            _LOGGER.exception("the runtime of Streamlit has failed")

    def enqueued_some_message(self: Any) -> None:
        things = self._get_async_objs()
        if things.need_send_data.is_set():
            # It is taken back before the queues are looked at, in which the message is already.
            return
        if asyncio._get_running_loop() is things.eventloop:  # noqa: SLF001 - documented for this: it raises nothing
            things.need_send_data.set()
        else:
            things.eventloop.call_soon_threadsafe(things.need_send_data.set)

    setattr(loop_coroutine, MARK, True)
    setattr(enqueued_some_message, MARK, True)
    setattr(runtime_class, _LOOP, loop_coroutine)
    setattr(runtime_class, _WAKER, enqueued_some_message)


def _disconnecter(runtime_class: Any) -> Callable[[Any, Any], None]:
    """What to do with a session whose browser has gone; since Streamlit 1.60 or so the browser is named as well."""
    if "client" in inspect.signature(runtime_class.disconnect_session).parameters:
        return lambda runtime, info: runtime.disconnect_session(info.session.id, client=info.client)
    return lambda runtime, info: runtime._session_mgr.disconnect_session(info.session.id)  # noqa: SLF001 - as it does


def _counter(runtime_class: Any) -> Callable[[Any, Iterable[Any]], None] | None:
    finished = getattr(namespace("streamlit.proto.ForwardMsg_pb2").get("ForwardMsg"), "FINISHED_SUCCESSFULLY", None)
    if finished is None or not is_known(member(runtime_class, "_send_message"), _KNOWN_OF_SENDER, _KNOWN_OF_SENDER):
        return None

    def count(info: Any, messages: Iterable[Any]) -> None:
        for message in messages:
            if message.WhichOneof("type") == "script_finished" and message.script_finished == finished:
                info.script_run_count += 1

    return count


async def _deliver_until_stopped(runtime: Any, things: Any, exchanged: _Exchanged) -> None:
    async def wake_when_stopped() -> None:
        await things.must_stop.wait()
        things.need_send_data.set()

    stopping = asyncio.get_running_loop().create_task(wake_when_stopped())
    try:
        while not things.must_stop.is_set():
            things.need_send_data.clear()
            for info in runtime._session_mgr.list_active_sessions():  # noqa: SLF001 - as the original does
                if messages := info.session.flush_browser_queue():
                    await _send(runtime, info, messages, exchanged=exchanged)
                if (settle := getattr(info.session, "on_flushed_messages_sent", None)) is not None:
                    settle()
            # Other tasks get their turn even when a message is there again.
            await asyncio.sleep(0)
            await things.need_send_data.wait()
    finally:
        stopping.cancel()


async def _send(runtime: Any, info: Any, messages: list[Any], *, exchanged: _Exchanged) -> None:
    """Send a session's messages, with a turn of the loop after some."""
    sent = 0
    while sent < len(messages):
        if sent:
            await asyncio.sleep(0)
        # A client that is not ours is one that waits for its task.
        is_direct = exchanged.counts is not None and not getattr(info.client, "is_behind", True)
        part = messages[sent : sent + (_TOGETHER if is_direct or not sent else 1)]
        sent += len(part)
        try:
            if is_direct and exchanged.counts is not None:
                exchanged.counts(info, part)
                info.client.write_together(part)
            else:
                for message in part:
                    runtime._send_message(info, message)  # noqa: SLF001 - as the original does
        except exchanged.gone:
            exchanged.disconnect(runtime, info)
