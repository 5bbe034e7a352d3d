"""Forty visitors upload a file each, all at once: how many arrive at the process that holds their session."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.comparison.drivers.tab import in_event_loop
from benchmarks.comparison.drivers.transfer import TransferError, upload
from benchmarks.comparison.drivers.visitor import Visitor, form_around
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import STREAMLIT, serving_uploads

if TYPE_CHECKING:
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field

VISITORS = 40
_AT_ONCE = 10
_BYTES = 10_000


def uploads(effort: Effort) -> list[Work]:
    """One work."""
    count = VISITORS if effort.rounds > 1 else 2
    return [
        Work(
            name="uploads",
            figures=(
                Figure(
                    key="succeeded", title=f"{VISITORS} uploads at once, succeeded", unit="uploads", more_is_better=True
                ),
                Figure(key="time", title="the same, until all were answered", unit="s", base=STREAMLIT),
            ),
            entrants=serving_uploads(effort),
            turns=1,
            measure=partial(measure, visitors=count),
            # Not what the first visitors of a fresh server go through: fluxlit 0.13.2 fails when they come together.
            warm=partial(measure, visitors=1),
        )
    ]


def measure(field: Field, name: str, *, visitors: int) -> Figures:
    """Let them come, then let all of them upload."""
    return in_event_loop(_upload_together(field.server(name).base_url, visitors))


async def _upload_together(base_url: str, count: int) -> Figures:
    async with contextlib.AsyncExitStack() as stack:
        visitors: list[Visitor] = []
        while len(visitors) < count:
            group = min(_AT_ONCE, count - len(visitors))
            came = await asyncio.gather(*(Visitor.come(base_url) for _ in range(group)))
            for visitor in came:
                await stack.enter_async_context(visitor)
            await asyncio.gather(*(visitor.tab.run("upload") for visitor in came))
            visitors += came
        begun = time.perf_counter()
        worked = await asyncio.gather(*(_upload(base_url, visitor) for visitor in visitors))
        return {"succeeded": float(sum(worked)), "time": time.perf_counter() - begun}


async def _upload(base_url: str, visitor: Visitor) -> bool:
    path = await visitor.tab.upload_path("notes.txt")
    before, after, headers = form_around("notes.txt")
    send = partial(
        upload,
        base_url + path,
        size=_BYTES,
        headers={**headers, **visitor.headers()},
        before=before,
        after=after,
    )
    try:
        await asyncio.to_thread(send)
    except (TransferError, OSError):
        return False
    return True
