"""Closes what a failed connection to a Unix socket leaves open.

httpcore2 2.16 (``connect_unix_socket`` in ``_backends/sync.py``) does not close its socket if ``connect()`` fails. The
socket then lives as long as the error does, which a page may keep, and warns when it is collected.
"""

from __future__ import annotations

import socket
from traceback import walk_tb

__all__ = ("close_failed_socket",)


def close_failed_socket(error: BaseException) -> None:
    """Close the socket that ``connect()`` has failed on, found in the frames that the error went through."""
    cause: BaseException | None = error
    while cause is not None:
        for frame, _ in walk_tb(cause.__traceback__):
            if frame.f_code.co_name == "connect_unix_socket":
                left_open = frame.f_locals.get("sock")
                if isinstance(left_open, socket.socket):
                    left_open.close()
        cause = cause.__cause__
