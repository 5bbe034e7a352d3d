"""The errors of this package.

TestingError
├── BrowserMissingError  no browser, or no Playwright, to drive
├── PageFailedError    a page under test raised
├── ServerStartError   a server under test ended, or said nothing, before it was ready
├── UnknownPageError   the application has no page of this path
└── WaitTimeoutError   what a test waited for did not happen in time
"""

from __future__ import annotations

__all__ = (
    "BrowserMissingError",
    "PageFailedError",
    "ServerStartError",
    "TestingError",
    "UnknownPageError",
    "WaitTimeoutError",
)


class TestingError(Exception):
    """The base class of this package's errors."""

    __test__ = False  # pytest collects classes named Test*


class BrowserMissingError(TestingError):
    """No browser, or no Playwright, is installed; the message says what to install."""


class PageFailedError(TestingError, AssertionError):
    """A page under test raised; the message has its traceback, the cause is its exception."""


class ServerStartError(TestingError):
    """A server under test ended, or said nothing, before it was ready; the message has its last lines of output."""


class UnknownPageError(TestingError, LookupError):
    """The application has no page of this path; the message names those that it has."""


class WaitTimeoutError(TestingError, TimeoutError):
    """What a test waited for did not happen in time."""
