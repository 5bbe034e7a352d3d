"""Tells systemd what happens here, when it asked for it in the environment (sd_notify(3), sd_watchdog_enabled(3))."""

import asyncio
import os
import socket
import time

__all__ = ("keep_watchdog_quiet", "notify", "reloading", "watchdog_interval")


def notify(*assignments: str) -> bool:
    """Send ``READY=1``, ``STATUS=…`` and the like to systemd; whether there was anyone to send it to."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return False
    # A leading @ stands for the abstract namespace.
    path = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.sendto("\n".join(assignments).encode(), path)
        except OSError:
            return False
    return True


def reloading() -> bool:
    """Tell systemd that a reload begins; `READY=1` ends it."""
    return notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def watchdog_interval() -> float | None:
    """Seconds between two signs of life that systemd wants of this process, or ``None``."""
    try:
        microseconds = int(os.environ.get("WATCHDOG_USEC", ""))
        wanted = int(os.environ.get("WATCHDOG_PID") or os.getpid())
    except ValueError:
        return None
    # Twice as often as asked, as sd_watchdog_enabled(3) recommends.
    return microseconds / 2_000_000 if microseconds > 0 and wanted == os.getpid() else None


async def keep_watchdog_quiet() -> None:
    """Send signs of life for as long as the event loop runs; returns at once when none are wanted."""
    interval = watchdog_interval()
    while interval is not None:
        notify("WATCHDOG=1")
        await asyncio.sleep(interval)
