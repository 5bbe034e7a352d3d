"""Numbers of several processes: each writes its own into a file of a common folder; who is asked adds them up.

Lifecycle: `start` takes over what ended processes have left and begins to write in a thread, once a second when there
is something new; `stop` writes a last time. A process that is killed loses the last second's counts, and no more: its
file stays, and the next process to start goes on counting from there.
"""

import fcntl
import json
import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from fluxlit_gateway.metrics.store import MetricStore, Snapshot, merged

__all__ = ("MetricFolder",)

_SECONDS_BETWEEN_WRITES = 1.0


class MetricFolder:
    """One process's part in the common folder.

    Args:
        path: The folder; made when it is missing.
        store: What this process counts.
        refresh: Called before each look, to set gauges that nobody else sets.
    """

    def __init__(self, path: Path, store: MetricStore, *, refresh: Callable[[], object] = lambda: None) -> None:
        self._path = path
        self._store = store
        self._refresh = refresh
        self._own = path / f"{os.getpid()}.json"
        self._written = -1
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Take part from now on."""
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock(fcntl.LOCK_EX):
            for file in self._files():
                if not _is_alive(file):
                    self._store.absorb(_read(file).without_gauges())
                    file.unlink(missing_ok=True)
            self._write()
        self._thread = threading.Thread(target=self._keep_writing, name="fluxlit-metrics", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write a last time."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def total(self) -> Snapshot:
        """The numbers of all processes, this one's as they are now."""
        self._refresh()
        snapshots = [self._store.snapshot()]
        with suppress(FileNotFoundError), self._lock(fcntl.LOCK_SH):
            for file in self._files():
                if file != self._own:
                    found = _read(file)
                    snapshots.append(found if _is_alive(file) else found.without_gauges())
        return merged(snapshots)

    def _files(self) -> list[Path]:
        return sorted(self._path.glob("[0-9]*.json"))

    def _keep_writing(self) -> None:
        while not self._ending.wait(_SECONDS_BETWEEN_WRITES):
            with suppress(OSError):  # the folder goes with the server
                self._write()
        with suppress(OSError):
            self._write()

    def _write(self) -> None:
        self._refresh()
        changes = self._store.changes
        if changes == self._written:
            return
        fresh = self._own.with_suffix(".new")
        fresh.write_text(json.dumps(self._store.snapshot().to_json()), encoding="utf-8")
        # Whoever reads sees the old numbers or the new ones, never half of them.
        fresh.replace(self._own)
        self._written = changes

    @contextmanager
    def _lock(self, kind: int) -> Generator[None]:
        descriptor = os.open(self._path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, kind)
            yield
        finally:
            os.close(descriptor)


def _read(file: Path) -> Snapshot:
    try:
        return Snapshot.from_json(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return Snapshot()


def _is_alive(file: Path) -> bool:
    try:
        os.kill(int(file.stem), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
