"""The script that Streamlit executes for each run of a FluxLit application; never import it."""

from fluxlit_pages.streamlit.entry_run import run_entry_script

run_entry_script()
