"""The page that is measured: a title, a table and a button."""

import streamlit as st

st.title("Benchmark")
st.table({"city": ["Oslo", "Rome", "Lima"], "people": [700_000, 2_800_000, 10_000_000]})  # pyright: ignore[reportUnknownMemberType] - bare generics in its own signature
if st.button("Press"):
    st.write("pressed")
