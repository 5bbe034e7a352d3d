import json
import logging
import os
import sys
from pathlib import Path

import streamlit as st

options = (
    "server.maxUploadSize",
    "server.fileWatcherType",
    "runner.postScriptGC",
    "browser.gatherUsageStats",
    "server.headless",
    "server.enableXsrfProtection",
    "server.cookieSecret",
    "theme.primaryColor",
)
facts = {
    "argv": sys.argv,
    "path": sys.path,
    "name": __name__,
    "options": {option: st.get_option(option) for option in options},
    "pandas": "pandas" in sys.modules,
    "left": sorted(name for name in os.environ if name.startswith("FLUXLIT_SIDECAR_")),
    "setup": os.environ.get("SETUP_WAS_CALLED"),
    "secret": st.secrets["word"] if Path(".streamlit/secrets.toml").exists() else None,
    "user": dict(st.user) if st.user else {},
}
st.title("facts")
st.text(json.dumps(facts, default=str))
if st.button("press"):
    st.text("pressed")
size = int(os.environ.get("PAGE_BYTES", "0"))
if size:
    st.code("x" * size)
st.file_uploader("file")
logging.getLogger("shop").warning("page ran")
