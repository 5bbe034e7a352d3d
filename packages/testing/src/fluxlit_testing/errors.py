"""The errors of this package.

TestingError
├── BrowserMissingError  no browser, or no Playwright, to drive
├── ServerStartError   a server under test ended, or said nothing, before it was ready
└── WaitTimeoutError   what a test waited for did not happen in time
"""

from __future__ import annotations

__all__ = ("BrowserMissingError", "ServerStartError", "TestingError", "WaitTimeoutError")


class TestingError(Exception):
    """The base class of this package's errors."""

    __test__ = False  # pytest collects classes named Test*


class BrowserMissingError(TestingError):
    """No browser, or no Playwright, is installed; the message says what to install."""


class ServerStartError(TestingError):
    """A server under test ended, or said nothing, before it was ready; the message has its last lines of output."""


class WaitTimeoutError(TestingError, TimeoutError):
    """What a test waited for did not happen in time."""
