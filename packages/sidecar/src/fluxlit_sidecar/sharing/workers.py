"""Whether this process is one of several workers, and of which parent."""

from __future__ import annotations

import multiprocessing
import os

import psutil
from pydantic import BaseModel, ConfigDict, Field

__all__ = ("PARENT_VARIABLE", "WorkerParent", "folder_identity", "worker_parent")


PARENT_VARIABLE = "FLUXLIT_INTERNAL_WORKER_OF"
"""Holds the parent's process id where a parent starts its workers by other means than `multiprocessing`."""


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
    """The parent of this worker, or None when this process is alone.

    uvicorn's workers and its reloader start their processes by `multiprocessing`; others name themselves in
    `PARENT_VARIABLE`.
    """
    pid = _parent_pid()
    if pid is None:
        return None
    try:
        return WorkerParent(pid=pid, started=psutil.Process(pid).create_time())
    except psutil.Error:
        return None


def _parent_pid() -> int | None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        return parent.pid
    named = os.environ.get(PARENT_VARIABLE, "")
    # What a worker starts inherits the variable and is no worker: its parent is another one.
    return int(named) if named == str(os.getppid()) else None


def folder_identity(parent: WorkerParent, application: str) -> str:
    """What `RuntimeFolder.shared` is asked with: one folder for each parent and application."""
    return f"{parent.pid}:{parent.started}:{application}"
