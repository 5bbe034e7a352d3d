"""The documented module path of running a page; the code is `fluxlit_pages.streamlit.page_runner`'s."""

from fluxlit_pages.streamlit.page_runner import run_page_record

__all__ = ("run_page_record",)
