"""The servers that run at the moment. Each is started when it is first needed; the end of the field stops all of them.

Contestants stay up side by side, so that they can take turns within a second of each other; one that waits for its turn
does next to nothing.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Self

from benchmarks.comparison.contestants.lineup import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from benchmarks.comparison.contestants.server import Server


def start_by_name(name: str, **env: str) -> Server:
    """Start the contestant of this name, with these variables."""
    return BY_NAME[name].start(**env)


class Field:
    """Running contestants by name. Use it as a context manager."""

    def __init__(self, start: Callable[..., Server] = start_by_name) -> None:
        self._start = start
        self._running: dict[str, Server] = {}

    def server(self, name: str) -> Server:
        """The running server, started if need be."""
        if name not in self._running:
            self._running[name] = self._start(name)
        return self._running[name]

    @contextlib.contextmanager
    def with_one_page(self, name: str, page: str) -> Generator[Server]:
        """A server of the contestant's own that serves a single page, as small applications do; stopped at the end."""
        server = self._start(name, BENCH_ONLY=page)
        try:
            yield server
        finally:
            server.stop()

    def drop(self, name: str) -> None:
        """Stop a server if it runs."""
        running = self._running.pop(name, None)
        if running is not None:
            running.stop()

    def stop(self) -> None:
        """Stop all of them."""
        for name in reversed(list(self._running)):
            self.drop(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
