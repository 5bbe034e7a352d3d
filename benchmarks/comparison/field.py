"""The servers that run at the moment. Each is started when it is first needed; the end of the field stops all of them.

Contestants stay up side by side, so that they can take turns within a second of each other; one that waits for its turn
does next to nothing.
"""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from benchmarks.comparison.contestants.lineup import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from benchmarks.comparison.contestants.server import Server


_STARTING_AT_ONCE = 2


def start_by_name(name: str, **env: str) -> Server:
    """Start the contestant of this name, with these variables."""
    return BY_NAME[name].start(**env)


class Field:
    """Running contestants by name. Use it as a context manager.

    Attributes:
        seconds: Spent so far on starting servers and on stopping them.
    """

    def __init__(self, start: Callable[..., Server] = start_by_name) -> None:
        self._start = start
        self._running: dict[str, Server] = {}
        self.seconds = 0.0

    def server(self, name: str) -> Server:
        """The running server, started if need be."""
        if name not in self._running:
            with self._counting():
                self._running[name] = self._start(name)
        return self._running[name]

    @contextlib.contextmanager
    def with_one_page(self, name: str, page: str) -> Generator[Server]:
        """A server of the contestant's own that serves a single page, as small applications do; stopped at the end."""
        with self._counting():
            server = self._start(name, BENCH_ONLY=page)
        try:
            yield server
        finally:
            with self._counting():
                server.stop()

    def renew(self, names: Sequence[str]) -> None:
        """Stop these servers if they run, and start fresh ones, two at a time."""
        with self._counting():
            before = [self._running.pop(name) for name in names if name in self._running]
            for server in before:
                server.ask_to_stop()
            for server in before:
                server.stop()
            with ThreadPoolExecutor(_STARTING_AT_ONCE) as pool:
                list(pool.map(self._start_or_leave, names))

    def _start_or_leave(self, name: str) -> None:
        # Who cannot start is tried again at its own turn, which then fails; the others take theirs.
        with contextlib.suppress(Exception):
            self._running[name] = self._start(name)

    def drop(self, name: str) -> None:
        """Stop a server if it runs."""
        running = self._running.pop(name, None)
        if running is not None:
            with self._counting():
                running.stop()

    def stop(self) -> None:
        """Stop all of them, at once."""
        for server in self._running.values():
            server.ask_to_stop()
        for name in reversed(list(self._running)):
            self.drop(name)

    @contextlib.contextmanager
    def _counting(self) -> Generator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - begun

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
