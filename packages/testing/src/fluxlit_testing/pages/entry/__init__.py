"""The script that `AppTest` runs; in a folder of its own, because Streamlit puts a script's folder on `sys.path`."""
