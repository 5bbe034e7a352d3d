"""Typed Streamlit pages: registry, dependency injection, navigation, manifests, deep links."""
