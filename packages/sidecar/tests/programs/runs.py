import sys
import threading

import streamlit as st
from gates import GATES
from streamlit import config

do = st.query_params.get("do", "")
if do == "many":
    # The event loop gets no turn, and finds more messages than may wait for a browser.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)
    for number in range(700):
        st.text(str(number))
    sys.setswitchinterval(interval)
elif do == "wait":
    st.text("early")
    GATES["wait"].wait(600)
    st.text("late")
elif do == "go":
    GATES["wait"].set()
elif do == "again":
    if st.session_state.setdefault("runs", 0) < 3:
        st.session_state.runs += 1
        st.text("given up")
        st.rerun()
    st.text(f"run {st.session_state.runs}")
elif do == "theme":
    config.set_option("theme.sidebar.primaryColor", "#abcdef")
elif do == "side by side":
    gate = threading.Barrier(2)

    def part(name: str) -> None:
        gate.wait(600)
        st.text(name)

    for name in ("left", "right"):
        st.fragment(part, parallel=True)(name)
elif do == "raise":
    raise LookupError("no such thing")
elif do == "table":
    rows = st.session_state.setdefault("rows", [["Oslo", 1]])
    st.table(rows)  # pyright: ignore[reportUnknownMemberType] - bare generics in its own signature
    st.text(str(len(rows)))
    rows[0][1] += 1
st.text("end")
