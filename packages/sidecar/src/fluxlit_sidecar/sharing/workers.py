"""Whether this process is one of several workers, and of which parent."""

from __future__ import annotations

import multiprocessing

import psutil
from pydantic import BaseModel, ConfigDict, Field

__all__ = ("WorkerParent", "folder_identity", "worker_parent")


class WorkerParent(BaseModel):
    """The process that started this worker and its siblings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pid: int = Field(description="Process id.")
    started: float = Field(description="When it was started; with the id, it names one process and no later one.")

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        try:
            process = psutil.Process(self.pid)
            return process.create_time() == self.started and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


def worker_parent() -> WorkerParent | None:
    """The parent of this worker, or None when this process was not started by `multiprocessing`.

    uvicorn's workers and its reloader start their processes that way.
    """
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid is None:
        return None
    try:
        return WorkerParent(pid=parent.pid, started=psutil.Process(parent.pid).create_time())
    except psutil.Error:
        return None


def folder_identity(parent: WorkerParent, application: str) -> str:
    """What `RuntimeFolder.shared` is asked with: one folder for each parent and application."""
    return f"{parent.pid}:{parent.started}:{application}"
