"""The pool for this process: its own, or one shared with the other workers of the same parent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxlit_sidecar.pool import SidecarPool
from fluxlit_sidecar.runtime_folder import RuntimeFolder
from fluxlit_sidecar.sharing.shared_pool import SharedSidecarPool
from fluxlit_sidecar.sharing.workers import folder_identity, worker_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from fluxlit_sidecar.child_spec import ChildSpec
    from fluxlit_sidecar.options import SidecarOptions
    from fluxlit_sidecar.supervision.state import Transition

__all__ = ("open_runtime_folder", "pool_for")


def open_runtime_folder(application: str, *, base: Path | None = None) -> RuntimeFolder:
    """The runtime folder of this process: shared with its siblings when it is a worker, else its own.

    Args:
        application: What tells two applications under one parent apart; the same in each worker.
        base: Folder to make it in, see `RuntimeFolder.create`.
    """
    parent = worker_parent()
    if parent is None:
        return RuntimeFolder.create(base=base)
    return RuntimeFolder.shared(folder_identity(parent, application), base=base)


def pool_for(
    folder: RuntimeFolder,
    *,
    spec: ChildSpec,
    options: SidecarOptions | None = None,
    listeners: Sequence[str] = ("api",),
    replace_on_restart: bool = False,
    on_transition: Callable[[Transition], None] | None = None,
) -> SidecarPool | SharedSidecarPool:
    """The pool that belongs to a folder from `open_runtime_folder`.

    Args:
        folder: The folder of this process.
        spec: What each sidecar runs.
        options: Numbers and limits.
        listeners: Sockets in the folder that every worker accepts on; get them with ``await pool.listener(name)``.
        replace_on_restart: See `SharedSidecarPool`.
        on_transition: Called with every change of a sidecar's state.
    """
    parent = worker_parent()
    if folder.owned or parent is None:
        return SidecarPool(spec, options, folder=folder, on_transition=on_transition)
    return SharedSidecarPool(
        spec,
        options,
        folder=folder,
        parent=parent,
        listeners=listeners,
        replace_on_restart=replace_on_restart,
        on_transition=on_transition,
    )
