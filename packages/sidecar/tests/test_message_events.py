"""Messages of a script that are passed on directly come to what Streamlit's own handling of events does with them."""

from __future__ import annotations

import subprocess
import sys

# In a process of its own: it changes Streamlit for everyone in this one. `outcome` is what a session has for its
# browser, or the error, after an event was handled in one of the two ways.
_IN_A_PROCESS = """
import asyncio
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import ScriptRunnerEvent
from fluxlit_sidecar.streamlit_server.run_costs import lower_run_costs

NAME = "_handle_scriptrunner_event_on_event_loop"
original = getattr(AppSession, NAME)
lower_run_costs()
changed = getattr(AppSession, NAME)
assert changed is not original

class Client:
    client_context = None
    def write_forward_msg(self, msg):
        pass

def text(body):
    message = ForwardMsg()
    message.delta.new_element.text.body = body
    message.metadata.delta_path.extend([0, 0])
    return message

def outcome(handle, session, *args, **kwargs):
    session.flush_browser_queue()
    state = session._state
    try:
        handle(session, *args, **kwargs)
    except Exception as error:
        return type(error), str(error)
    finally:
        session._state = state
    return [message.SerializeToString() for message in session.flush_browser_queue()]

async def main():
    media, uploads = MemoryMediaFileStorage("/media"), MemoryUploadedFileManager("/upload")
    runtime = Runtime(RuntimeConfig(script_path="page.py", media_file_storage=media, uploaded_file_manager=uploads))
    await runtime.start()
    runtime.connect_session(Client(), user_info={})
    (known,) = runtime._session_mgr.list_sessions()
    session = known.session
    now, gone, message = object(), object(), ScriptRunnerEvent.ENQUEUE_FORWARD_MSG
    for current in (now, None):
        session._scriptrunner = current
        for sender in (now, gone, None):
            for args, kwargs in (
                ((message,), {"forward_msg": text("a")}),
                ((message, text("b")), {}),
                ((message,), {}),
                ((ScriptRunnerEvent.SCRIPT_STOPPED_FOR_RERUN,), {}),
                ((ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS,), {"forward_msg": text("c")}),
            ):
                mine = outcome(changed, session, sender, *args, **kwargs)
                assert mine == outcome(original, session, sender, *args, **kwargs), (sender, args, kwargs)
                assert bool(mine) == (sender is current)
        known = {"forward_msg": text("d")}
        elsewhere = [
            await asyncio.to_thread(outcome, handle, session, current, message, **known)
            for handle in (changed, original)
        ]
        assert elsewhere[0] == elsewhere[1] and elsewhere[0][0] is RuntimeError
    session._scriptrunner = None
    runtime.stop()
    await runtime.stopped

asyncio.run(main())
"""


def test_messages_errors_and_runs_that_were_replaced_are_handled_as_by_streamlit() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IN_A_PROCESS], check=False, timeout=120, capture_output=True, text=True
    )
    assert not done.returncode, done.stderr
