"""A page that is run once before a sidecar is ready: the elements that most pages have, and what they import late."""

import pandas as pd
import streamlit as st

_FRAME = pd.DataFrame({"word": ["one"], "number": [1.0]})

st.title("Rehearsal")
st.markdown("text")
st.table(_FRAME)  # pyright: ignore[reportUnknownMemberType] - bare generics in its own signature
st.dataframe(_FRAME)  # pyright: ignore[reportUnknownMemberType] - as above
st.button("button")
