"""URL sessions in real Streamlit scripts, run by its own AppTest."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest

from fluxlit_sessions import open_store

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import streamlit as st
from fluxlit_sessions import ensure_url_session, hydrate_url_session, open_store, persist_url_session

with open_store({url!r}) as store:
    ensure_url_session(st, store)
    hydrate_url_session(st, store)
    st.text_input("Name", key="name")
    st.slider("Age", 0, 100, key="age")
    st.multiselect("Colours", ["red", "blue"], key="colours")
    st.checkbox("Agree", key="agree")
    st.date_input("Day", key="day", value=None)
    st.slider("Range", 0, 9, (1, 2), key="range")
    st.button("Save", key="save")
    st.file_uploader("File", key="file")
    st.chat_input("Say", key="say")
    st.data_editor({{"a": [1, 2]}}, key="table")
    st.session_state["client"] = object()
    persist_url_session(st, store)
"""


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for name in ("FLUXLIT_TESTS", "FLUXLIT_DISABLE_URL_SESSION", "FLUXLIT_URL_SESSION_QUERY_PARAM"):
        monkeypatch.delenv(name, raising=False)
    return f"sqlite:///{tmp_path / 'sessions.db'}"


def opened(url: str, query: dict[str, Any] | None = None) -> AppTest:
    app = AppTest.from_string(SCRIPT.format(url=url), default_timeout=60)
    for key, value in (query or {}).items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def test_widgets_come_back_in_a_new_tab_and_those_that_only_browsers_set_do_no_harm(url: str) -> None:
    first = opened(url)
    first.text_input(key="name").set_value("Ann")
    first.slider(key="age").set_value(33)
    first.multiselect(key="colours").set_value(["blue"])
    first.checkbox(key="agree").check()
    first.date_input(key="day").set_value(dt.date(2026, 5, 1))
    first.slider(key="range").set_range(3, 4)
    first.button(key="save").click()
    first.run()
    assert not first.exception

    second = opened(url, dict(first.query_params))
    assert second.text_input(key="name").value == "Ann"
    assert second.slider(key="age").value == 33
    assert second.multiselect(key="colours").value == ["blue"]
    assert second.checkbox(key="agree").value is True
    assert second.date_input(key="day").value == dt.date(2026, 5, 1)
    assert second.slider(key="range").value == (3, 4)


def test_only_what_can_be_restored_is_stored(url: str) -> None:
    app = opened(url)
    value = app.query_params["fluxlit_sid"]
    sid = value if isinstance(value, str) else value[0]
    with open_store(url) as store:
        assert store.get(sid) == {
            "name": "",
            "age": 0,
            "colours": [],
            "agree": False,
            "day": None,
            "range": [1, 2],
            "__types__": {"range": "tuple"},
        }
