"""What a sidecar leaves out of each run behaves as what it stands for."""

from __future__ import annotations

import subprocess
import sys

import pytest
from streamlit import config
from streamlit.runtime import runtime

from fluxlit_sidecar.streamlit_server.run_costs import section_reader
from fluxlit_sidecar.streamlit_server.run_costs.known_code import is_known

# Streamlit 1.57 has the pause written into its loop: there is nothing to shorten.
_PAUSE = "0.002" if hasattr(runtime, "MESSAGE_FLUSH_INTERVAL_SECS") else None
_SECTIONS = ("theme", "theme.light", "theme.dark.sidebar", "server", "no such section")
# In a process of its own: it changes Streamlit for everyone in this one.
_CHANGED = """
from streamlit import config
from streamlit.runtime import runtime
{before}
from fluxlit_sidecar.streamlit_server.run_costs import lower_run_costs
original = config.get_options_for_section
lower_run_costs()
lower_run_costs()
print(getattr(runtime, "MESSAGE_FLUSH_INTERVAL_SECS", None), config.get_options_for_section is original)
"""


def _result(before: str = "") -> str:
    command = [sys.executable, "-c", _CHANGED.format(before=before)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def test_sections_are_read_as_streamlit_reads_them() -> None:
    read = section_reader(config.get_config_options)
    for section in _SECTIONS:
        assert read(section) == config.get_options_for_section(section)


def test_a_changed_option_is_seen_at_once() -> None:
    read = section_reader(config.get_config_options)
    before = read("theme")["primaryColor"]
    try:
        config.set_option("theme.primaryColor", "#123456")
        assert read("theme")["primaryColor"] == "#123456"
    finally:
        config.set_option("theme.primaryColor", before)


def test_options_that_were_read_anew_are_the_ones_that_count() -> None:
    option = config.get_config_options()["theme.primaryColor"]
    generations = [{"theme.primaryColor": option}, config.get_config_options()]
    read = section_reader(lambda: generations[0])
    assert list(read("theme")) == ["primaryColor"]
    generations.pop(0)
    assert read("theme") == config.get_options_for_section("theme")


def test_both_costs_are_lowered_in_the_installed_streamlit() -> None:
    assert _result() == f"{_PAUSE} False"


def test_a_streamlit_that_has_changed_there_is_left_alone() -> None:
    assert (
        _result("vars(runtime).pop('MESSAGE_FLUSH_INTERVAL_SECS', None); config.get_config_options = 'gone'")
        == "None True"
    )


def test_a_reader_that_answers_otherwise_is_not_exchanged() -> None:
    assert _result("config.get_options_for_section = lambda section: {'new': section}") == f"{_PAUSE} True"


# Each makes one thing of Streamlit unlike anything that we know.
_CHANGES = {
    "runtime.Runtime._loop_coroutine": "async def f(self): await self.new_way_of_delivering()",
    "runtime.Runtime._enqueued_some_message": "def f(self): self.new_event.set()",
    "app_session.AppSession._on_scriptrunner_event": "def f(self, sender, event): self.new_queue.put(event)",
    "app_session._populate_theme_msg": "def f(msg, section='theme'): msg.primary_color = 'red'",
    "dataframe_util.convert_anything_to_arrow_bytes": "def f(data, *, new): return b''",
}
_LEFT = """
import logging
import pandas
from streamlit import dataframe_util
from streamlit.runtime import app_session, runtime
{code}
{name} = f
logging.basicConfig(format="%(levelname)s %(message)s")
logging.getLogger("fluxlit.sidecar").setLevel("DEBUG")
from fluxlit_sidecar.streamlit_server.run_costs import lower_run_costs
lower_run_costs()
assert {name} is f
"""


@pytest.mark.parametrize("name", _CHANGES)
def test_what_a_later_streamlit_has_changed_is_left_alone_with_a_line_at_debug(name: str) -> None:
    command = [sys.executable, "-c", _LEFT.format(name=name, code=_CHANGES[name])]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr
    (line,) = said.splitlines()
    assert line.startswith("DEBUG ")
    assert line.endswith("not what was expected and is left as it is")


def test_nothing_is_left_alone_in_the_installed_streamlit() -> None:
    command = [sys.executable, "-c", _LEFT.format(name="f", code="f = None")]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr
    assert not said


def test_a_function_is_known_by_the_names_in_its_code() -> None:
    def function(thing: list[list[int]]) -> object:
        return lambda: thing.append(min(thing))

    assert is_known(function, {"append", "min", "other"}, {"append"})
    assert not is_known(function, {"append"})
    assert not is_known(function, {"append", "min"}, {"other"})
    assert not is_known(None, {"append"})
