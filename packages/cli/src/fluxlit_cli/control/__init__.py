"""Signals to a running server, named by its pidfile."""

__all__ = ()
