"""Serving one application: binding, the server, its start screen, signals and traces on disk."""

__all__ = ()
