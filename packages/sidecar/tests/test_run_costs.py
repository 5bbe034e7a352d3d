"""What a sidecar leaves out of each run behaves as what it stands for."""

from __future__ import annotations

import subprocess
import sys

from streamlit import config

from fluxlit_sidecar.streamlit_server.run_costs import section_reader

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
    assert _result() == "0.002 False"


def test_a_streamlit_that_has_changed_there_is_left_alone() -> None:
    assert _result("del runtime.MESSAGE_FLUSH_INTERVAL_SECS; config.get_config_options = 'gone'") == "None True"


def test_a_reader_that_answers_otherwise_is_not_exchanged() -> None:
    assert _result("config.get_options_for_section = lambda section: {'new': section}") == "0.002 True"
