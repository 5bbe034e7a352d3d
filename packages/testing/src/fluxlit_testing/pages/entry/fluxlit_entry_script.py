"""The script that Streamlit's `AppTest` executes for each run of a page under test; never import it."""

from fluxlit_testing.pages.page_run import current_page_run

current_page_run().execute()
