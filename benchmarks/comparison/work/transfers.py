"""Large bodies up and down, through a route and into a page's uploader: throughput, and by how much memory rises."""

from __future__ import annotations

import contextlib
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from benchmarks.comparison.drivers.tab import in_event_loop
from benchmarks.comparison.drivers.transfer import download, upload
from benchmarks.comparison.drivers.visitor import Visitor, form_around
from benchmarks.comparison.effort import MIB
from benchmarks.comparison.measured import Figure, Figures, Work
from benchmarks.comparison.work.entrants import FASTAPI, STREAMLIT, serving_pages, serving_routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.comparison.contestants.server import Server
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.field import Field

_RESET_PEAK = "5"
_KEPT_AT_MOST = 256 * MIB


def transfers(effort: Effort) -> list[Work]:
    """Three works."""
    size, routes, pages = effort.body, serving_routes(effort), serving_pages(effort)
    what = f"{size // (1024 * MIB)} GiB" if size >= 1024 * MIB else f"{size // MIB} MiB"
    return [
        _transfer(
            "download",
            f"Download of {what} from a route",
            base=FASTAPI,
            entrants=routes,
            measure=partial(_download, size=size),
        ),
        _transfer(
            "upload", f"Upload of {what} to a route", base=FASTAPI, entrants=routes, measure=partial(_upload, size=size)
        ),
        _transfer(
            "page-upload",
            f"Upload of {what} to a page",
            base=STREAMLIT,
            entrants=pages,
            measure=partial(_to_page, size=size),
        ),
    ]


def _transfer(
    name: str, title: str, *, base: str, entrants: tuple[str, ...], measure: Callable[[Field, str], Figures]
) -> Work:
    return Work(
        name=name,
        figures=(
            Figure(key="rate", title=title, unit="MiB/s", more_is_better=True, base=base),
            Figure(key="memory", title="the same, memory rose at its peak by", unit="MiB"),
        ),
        entrants=entrants,
        turns=1,
        measure=measure,
    )


def _download(field: Field, name: str, *, size: int) -> Figures:
    server = field.server(name)
    return _watched(server, size, lambda: download(f"{server.base_url}/api/download/{size}", size=size))


def _upload(field: Field, name: str, *, size: int) -> Figures:
    server = field.server(name)

    def send() -> None:
        answer = upload(f"{server.base_url}/api/upload", size=size, headers={})
        if str(size).encode() not in answer:
            raise RuntimeError(f"the route counted otherwise: {answer[-100:]!r}")

    return _watched(server, size, send)


def _to_page(field: Field, name: str, *, size: int) -> Figures:
    server = field.server(name)

    async def send() -> Figures:
        async with await Visitor.come(server.base_url) as visitor:
            await visitor.tab.run("upload")
            path = await visitor.tab.upload_path("large.bin")
            before, after, headers = form_around("large.bin")
            everything = {**headers, **visitor.headers()}
            # Blocking on purpose: nothing else happens in this loop meanwhile, and the tab only has to stay open.
            return _watched(
                server,
                size,
                lambda: upload(server.base_url + path, size=size, headers=everything, before=before, after=after),
            )

    figures = in_event_loop(send())
    if size > _KEPT_AT_MOST:
        # The session keeps the file for a while; whoever comes next shall not be measured with it.
        field.drop(name)
    return figures


def _watched(server: Server, size: int, transfer: Callable[[], object]) -> Figures:
    processes = server.processes()
    before = sum(_reset_peak(process) for process in processes)
    begun = time.perf_counter()
    transfer()
    taken = time.perf_counter() - begun
    peak = sum(_peak(process) for process in processes)
    return {"rate": size / MIB / taken, "memory": (peak - before) / MIB}


def _reset_peak(process: psutil.Process) -> int:
    """Make the kernel forget the largest resident size so far (proc(5), clear_refs); the present one in bytes."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{process.pid}/clear_refs").write_text(_RESET_PEAK, "ascii")
    with contextlib.suppress(psutil.Error):
        return process.memory_info().rss
    return 0


def _peak(process: psutil.Process) -> int:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{process.pid}/status").read_text("ascii", "replace").splitlines()
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)
    return 0
