"""Rerun latency, first visitor and reruns per second of a sidecar against ``streamlit run`` of the same page.

usage: python benchmarks/sidecar/compare.py [ROUNDS] [--check]

Both servers of a round run at the same time on the same machine and are measured in turns, each alone. With --check the
program fails when a ratio misses its target.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from dataclasses import dataclass, field

import psutil
from servers import sidecar, streamlit_run

from fluxlit_sidecar.streamlit_server.headless_browser import HeadlessBrowser, button_ids

_TURNS = 6
_RERUNS = 40
_SESSIONS = 20
_SECONDS = 4.0
_TARGETS = {"rerun latency": 0.08, "first visitor": 0.05, "reruns per second": 15.0}


@dataclass
class Figures:
    """What was measured of one server, over all rounds."""

    first: list[float] = field(default_factory=list[float])
    latency: list[float] = field(default_factory=list[float])
    rate: list[float] = field(default_factory=list[float])
    work: list[float] = field(default_factory=list[float])


async def visit_first(address: str, figures: Figures) -> None:
    """From the first connection that a fresh server sees to the end of its run."""
    begun = time.perf_counter()
    browser = await HeadlessBrowser.open(address)
    await browser.run()
    figures.first.append(time.perf_counter() - begun)
    await browser.close()


async def rerun(address: str, figures: Figures) -> None:
    """One session that presses the button again and again."""
    async with await HeadlessBrowser.open(address) as browser:
        buttons = button_ids(await browser.run())
        for _ in range(_RERUNS):
            begun = time.perf_counter()
            await browser.run(pressed=buttons)
            figures.latency.append(time.perf_counter() - begun)


async def rerun_together(address: str, pid: int, figures: Figures) -> None:
    """Many sessions, each running again as soon as it can."""
    browsers = [await HeadlessBrowser.open(address) for _ in range(_SESSIONS)]
    for browser in browsers:
        await browser.run()
    begun, worked = time.perf_counter(), _processor_seconds(pid)
    counts = await asyncio.gather(*(_run_until(browser, begun + _SECONDS) for browser in browsers))
    figures.rate.append(sum(counts) / (time.perf_counter() - begun))
    figures.work.append((_processor_seconds(pid) - worked) / sum(counts))
    for browser in browsers:
        await browser.close()


def _processor_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


async def _run_until(browser: HeadlessBrowser, end: float) -> int:
    count = 0
    while time.perf_counter() < end:
        await browser.run()
        count += 1
    return count


async def measure(ours: Figures, theirs: Figures) -> None:
    """One round: fresh servers, measured in turns."""
    async with sidecar() as (our_address, our_pid), streamlit_run() as (their_address, their_pid):
        both = ((our_address, our_pid, ours), (their_address, their_pid, theirs))
        for address, _, figures in both:
            await visit_first(address, figures)
        for _ in range(_TURNS):
            for address, _, figures in both:
                await rerun(address, figures)
        for address, pid, figures in both:
            await rerun_together(address, pid, figures)


def report(ours: Figures, theirs: Figures) -> bool:
    """Print the medians and their ratios; whether all targets are met."""
    met = True
    rows = (
        ("rerun latency", "ms", 1000, ours.latency, theirs.latency),
        ("first visitor", "ms", 1000, ours.first, theirs.first),
        ("reruns per second", "/s", 1, ours.rate, theirs.rate),
        ("processor per rerun", "ms", 1000, ours.work, theirs.work),
    )
    print(f"{'':<20} {'sidecar':>12} {'streamlit run':>14} {'ratio':>8}  target")
    for name, unit, scale, our_values, their_values in rows:
        mine, other = statistics.median(our_values) * scale, statistics.median(their_values) * scale
        ratio, target = mine / other, _TARGETS.get(name)
        if target is None:
            print(f"{name:<20} {mine:>9.1f} {unit} {other:>11.1f} {unit} {ratio:>8.3f}")
            continue
        good = ratio >= target if unit == "/s" else ratio <= target
        met = met and good
        sign = "≥" if unit == "/s" else "≤"
        verdict = "met" if good else "missed"
        print(f"{name:<20} {mine:>9.1f} {unit} {other:>11.1f} {unit} {ratio:>8.3f}  {sign} {target} {verdict}")
    return met


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 3
    ours, theirs = Figures(), Figures()
    for _ in range(rounds):
        await measure(ours, theirs)
    if not report(ours, theirs) and "--check" in sys.argv:
        sys.exit(1)


if __name__ == "__main__":
    asyncio.run(main())
