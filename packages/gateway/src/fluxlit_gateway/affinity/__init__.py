"""Keeping a browser on the target that holds its session."""
