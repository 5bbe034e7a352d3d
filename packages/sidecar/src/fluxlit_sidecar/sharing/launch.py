"""Starting the supervisor: by the one worker that gets the folder's lock."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from fluxlit_sidecar.sharing.configuration import SupervisorConfiguration
from fluxlit_sidecar.sharing.supervisor_process import dismiss_supervisor, order_supervisor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxlit_sidecar.child_spec import ChildSpec
    from fluxlit_sidecar.options import SidecarOptions
    from fluxlit_sidecar.runtime_folder import RuntimeFolder
    from fluxlit_sidecar.sharing.workers import WorkerParent

__all__ = ("SUPERVISOR_SOCKET", "launch_supervisor")

SUPERVISOR_SOCKET = "supervisor"


def launch_supervisor(
    folder: RuntimeFolder,
    *,
    spec: ChildSpec,
    options: SidecarOptions,
    parent: WorkerParent,
    listeners: Mapping[str, socket.socket],
) -> bool:
    """Start the supervisor if there is none.

    The socket that workers connect to is bound here and handed over, so that early connections wait in its queue.

    Args:
        folder: The shared folder.
        spec: What each sidecar runs.
        options: Numbers and limits.
        parent: The parent of the workers.
        listeners: Sockets that this worker already listens on, kept through a change of supervisor.

    Returns:
        False when another process holds the lock: it is the supervisor, or about to start it.
    """
    lock = folder.take_lock()
    if lock is None:
        # One that was started ahead will not be needed any more.
        dismiss_supervisor()
        return False
    path = folder.socket_path(SUPERVISOR_SOCKET)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            path.unlink(missing_ok=True)
            listener.bind(str(path))
            listener.listen()
            configuration = SupervisorConfiguration(
                folder=folder.path,
                spec=spec,
                options=options,
                parent=parent,
                environment=dict(os.environ),
                working_folder=Path.cwd(),
                listen_fd=listener.fileno(),
                lock_fd=lock,
                listeners={name: handed.fileno() for name, handed in listeners.items()},
            )
            order_supervisor(configuration.model_dump_json(), configuration.descriptors())
    finally:
        os.close(lock)
    return True
