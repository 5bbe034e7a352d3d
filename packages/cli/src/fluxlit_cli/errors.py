"""What the command reports instead of a traceback; each error carries its exit code."""

from typing import ClassVar

__all__ = ("AddressInUseError", "CliError", "TargetError", "UsageProblemError")


class CliError(Exception):
    """Base of every error of this package: one message for the user, and the exit code that goes with it."""

    exit_code: ClassVar[int] = 1


class TargetError(CliError):
    """The user's application cannot be loaded."""


class UsageProblemError(CliError):
    """The command line asks for something that does not exist or does not go together."""

    exit_code: ClassVar[int] = 2


class AddressInUseError(CliError):
    """The address cannot be bound."""

    exit_code: ClassVar[int] = 3
