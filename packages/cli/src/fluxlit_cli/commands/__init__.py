"""One module a command, or a family of commands: its options, and a call of what does the work."""

__all__ = ()
