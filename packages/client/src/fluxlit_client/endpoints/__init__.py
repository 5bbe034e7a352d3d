"""Calls by endpoint: from an application's own function to a request, and from the answer to its return type."""
