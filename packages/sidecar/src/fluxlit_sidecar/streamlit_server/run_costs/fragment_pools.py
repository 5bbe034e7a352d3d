"""The threads of parallel fragments, prepared when a fragment first asks for one.

Streamlit makes a pool for each run, which asks the system how many processors there are, and shuts it down again;
hardly any page has fragments that run in parallel.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from fluxlit_sidecar.streamlit_server.run_costs.known_code import (
    MARK,
    is_known,
    is_ours,
    leave_alone,
    member,
    namespace,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

__all__ = ("LazyPool", "prepare_pools_late")

_POOL = "ThreadPoolExecutor"
# fmt: off
_KNOWN = (
    "Condition", "Event", "Lock", "ValueError", "_exception_lock", "_executor", "_join_condition", "_outstanding",
    "_poll_interval", "_stop_event", "_worker_exception", "_yield_check", "threading", _POOL,
)
# fmt: on


class LazyPool:
    """Stands for a `ThreadPoolExecutor` that begins to exist when something is submitted.

    Args:
        max_workers: As there.
    """

    def __init__(self, max_workers: int | None = None) -> None:
        self._max_workers = max_workers
        self._making = threading.Lock()
        self._made: ThreadPoolExecutor | None = None
        self._is_shut = False

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As `ThreadPoolExecutor.submit`, also where it is shut down already."""
        return self._pool().submit(call, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as there
        """As `ThreadPoolExecutor.shutdown`."""
        with self._making:
            self._is_shut = True
        if self._made is not None:
            self._made.shutdown(wait, cancel_futures=cancel_futures)

    def __getattr__(self, name: str) -> Any:
        """Whatever else may be wanted of a pool, of a real one."""
        return getattr(self._pool(), name)

    def _pool(self) -> ThreadPoolExecutor:
        with self._making:
            if self._made is None:
                self._made = ThreadPoolExecutor(max_workers=self._max_workers)
                if self._is_shut:
                    self._made.shutdown()
            return self._made


setattr(LazyPool, MARK, True)


def prepare_pools_late() -> bool:
    """Exchange the pools of parallel fragments; whether they were, now or before."""
    names = namespace("streamlit.runtime.parallel_coordinator")
    if not names or is_ours(names.get(_POOL)):
        # Streamlit 1.57 has no parallel fragments.
        return True
    coordinator = names.get("ParallelFragmentCoordinator")
    if names.get(_POOL) is not ThreadPoolExecutor or not is_known(member(coordinator, "__init__"), _KNOWN, {_POOL}):
        return leave_alone("the threads of parallel fragments")
    names[_POOL] = LazyPool
    return True
