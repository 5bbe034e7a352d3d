"""Pages of an application in Streamlit's `AppTest`, with their API in process."""
