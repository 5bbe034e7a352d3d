"""Waiting for one of two things at a time."""

from __future__ import annotations

import asyncio

__all__ = ("wait_for_either",)


async def wait_for_either(event: asyncio.Event, future: asyncio.Future[int], *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - running out of time is an answer here and no error
    """Return when `event` is set, `future` is done or `timeout` seconds are over; the caller looks which it was."""
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({waiting, future}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # Also when the caller is cancelled: a task that is left behind is reported when the loop closes.
        waiting.cancel()
