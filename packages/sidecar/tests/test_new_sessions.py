"""The message with which a run begins is what Streamlit itself would have made for it."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest
from streamlit.runtime import app_session

# In Streamlit 1.57 the message is left to Streamlit.
pytestmark = pytest.mark.skipif(not hasattr(app_session, "_set_run_identity"), reason="this Streamlit makes it itself")

# In a process of its own: it changes Streamlit for everyone in this one. `same` makes a message in both ways, and says
# whether ours was a copy.
_IN_A_PROCESS = """
import asyncio, os
from streamlit import config
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner_utils.run_descriptor import RunDescriptor
from fluxlit_sidecar.streamlit_server.run_costs import lower_run_costs

original = AppSession._create_new_session_message
config.set_option("server.headless", True)
lower_run_costs()
changed = AppSession._create_new_session_message
assert changed is not original
PAGE = {"page_script_hash": "1", "page_name": "first_page", "icon": "", "script_path": ""}

class Client:
    client_context = None
    def write_forward_msg(self, msg):
        pass

def same(session, page="1", pages=None, fragments=()):
    descriptor = RunDescriptor.create(fragments)
    before = session.__dict__.get("_fluxlit_new_session")
    mine = changed(session, page, descriptor, pages)
    theirs = original(session, page, descriptor, pages)
    assert mine.SerializeToString(deterministic=True) == theirs.SerializeToString(deterministic=True)
    assert mine.metadata.run.script_run_id == descriptor.script_run_id
    return before is not None and session.__dict__["_fluxlit_new_session"] is before

async def main():
    media, uploads = MemoryMediaFileStorage("/media"), MemoryUploadedFileManager("/upload")
    runtime = Runtime(RuntimeConfig(script_path="page.py", media_file_storage=media, uploaded_file_manager=uploads))
    await runtime.start()
    session, other = (
        runtime.get_app_session(runtime.connect_session(Client(), user_info={})) for _ in range(2)
    )
    {body}
    runtime.stop()
    await runtime.stopped

asyncio.run(main())
"""


def in_a_process(body: str) -> None:
    whole = _IN_A_PROCESS.replace("{body}", textwrap.indent(textwrap.dedent(body), "    ").strip())
    done = subprocess.run([sys.executable, "-c", whole], check=False, timeout=120, capture_output=True, text=True)
    assert not done.returncode, done.stderr


def test_runs_that_begin_alike_have_a_copy_with_the_id_of_their_own() -> None:
    in_a_process(
        """
        assert not same(session)
        assert same(session) and same(session, fragments=["a", "b"]) and same(session)
        assert not same(other) and same(other)
        """
    )


def test_whatever_the_message_is_made_of_has_it_made_anew() -> None:
    in_a_process(
        """
        def twice(**begun):
            assert not same(session, **begun) and same(session, **begun)

        twice()
        twice(page="2")
        twice(pages={"1": PAGE})
        twice(pages={"1": {**PAGE, "icon": ":material/home:"}})
        twice(pages={"1": PAGE, "2": {**PAGE, "page_name": "second"}})
        session.set_run_on_save(not session._run_on_save)
        twice()
        for name, value in (("theme.primaryColor", "#123456"), ("client.toolbarMode", "minimal"),
                            ("ui.hideTopBar", True), ("client.showSidebarNavigation", False)):
            config.set_option(name, value)
            twice()
        os.environ["DISPLAY"] = ":7"
        twice()
        os.environ.pop("DISPLAY")
        twice()
        config.get_config_options(force_reparse=True)
        config.set_option("server.headless", True)
        twice()
        """
    )


def test_nothing_is_kept_where_streamlit_looks_at_the_machine_for_what_it_recommends() -> None:
    in_a_process(
        """
        config.set_option("server.headless", False)
        assert not same(session) and not same(session)
        """
    )


def test_nothing_is_kept_of_an_option_that_is_worked_out_anew_each_time() -> None:
    in_a_process(
        """
        config.get_config_options()["global.maxCachedMessageAge"](lambda: 7)
        assert not same(session) and not same(session)
        """
    )
