"""Supervised HTTP child processes, with a lean server module for Streamlit."""
