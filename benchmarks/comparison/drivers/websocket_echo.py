"""Round trips of binary messages over the WebSocket of a route that sends them back."""

from __future__ import annotations

import statistics
import time

from websockets.asyncio.client import connect


async def round_trip_ms(url: str, *, size: int, seconds: float, at_most: int) -> float:
    """The median round trip in milliseconds, of as many as fit into `seconds`, `at_most` and at least three."""
    message = b"x" * size
    times: list[float] = []
    async with connect(url, max_size=None, compression=None, proxy=None, ping_interval=None) as socket:
        end = time.perf_counter() + seconds
        while len(times) < 3 or (len(times) < at_most and time.perf_counter() < end):
            begun = time.perf_counter()
            await socket.send(message)
            if len(await socket.recv()) != size:
                raise RuntimeError("another message came back than was sent")
            times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000
