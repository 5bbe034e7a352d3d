"""Values of a session: from Python to JSON, to bytes, and back."""
