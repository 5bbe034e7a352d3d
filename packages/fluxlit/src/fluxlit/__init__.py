"""FastAPI routes and Streamlit pages: one app object, one public port, run well in production."""
