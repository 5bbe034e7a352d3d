"""The pages as a plain Streamlit script: ``streamlit run dashboard.py``. ``BENCH_API`` says where the API is."""

import os
from functools import partial
from typing import Any

import requests
import streamlit
from bench_pages import PAGES

st: Any = streamlit


def get(path: str) -> Any:
    """Ask the API as most scripts do."""
    return requests.get(os.environ["BENCH_API"] + path, timeout=30).json()


st.navigation(
    [
        st.Page(partial(page, st, get), title=name or "quickstart", url_path=name, default=not name)
        for name, page in PAGES.items()
    ]
).run()
