"""New projects, ready to run, test, lint and type-check."""

__all__ = ()
