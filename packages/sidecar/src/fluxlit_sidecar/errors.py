"""What can go wrong with a sidecar.

SidecarError
├── RuntimeFolderError    the private folder cannot be made or is not ours alone
├── SidecarOptionError    an option that is unknown, malformed or owned by the supervisor
└── SidecarStartError     a child died or stayed silent before it was ready
"""

from __future__ import annotations

__all__ = ("RuntimeFolderError", "SidecarError", "SidecarOptionError", "SidecarStartError")


class SidecarError(Exception):
    """Base of every error that this package raises itself."""


class RuntimeFolderError(SidecarError):
    """The private runtime folder cannot be made, is too deep for a socket, or belongs to someone else."""


class SidecarOptionError(SidecarError, ValueError):
    """An option for a sidecar is unknown, malformed, or owned by the supervisor and not the user's to set."""


class SidecarStartError(SidecarError):
    """A child did not become ready: it died, said why it cannot start, or took too long.

    Attributes:
        last_output: The last lines that the child wrote, oldest first.
    """

    def __init__(self, message: str, *, last_output: tuple[str, ...] = ()) -> None:
        self.last_output = last_output
        if last_output:
            message = message + "\nIts last output:\n" + "\n".join(f"    {line}" for line in last_output)
        super().__init__(message)
