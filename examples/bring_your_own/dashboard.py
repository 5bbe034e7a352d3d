"""A Streamlit script that was there before, and knows nothing of FluxLit."""

import pandas as pd
import streamlit as st

st.title("Sales")
st.bar_chart(pd.DataFrame({"euros": [4, 6]}, index=["Tea", "Cake"]))
st.caption("Served beside the API that was there before")
