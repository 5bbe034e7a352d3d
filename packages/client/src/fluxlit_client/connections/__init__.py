"""Connections to APIs, shared by every client of the process."""
