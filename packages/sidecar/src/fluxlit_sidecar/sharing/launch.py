"""Starting the supervisor: by the one worker that gets the folder's lock."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from typing import TYPE_CHECKING

from fluxlit_sidecar.child.command import python_module
from fluxlit_sidecar.sharing.configuration import SupervisorConfiguration

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
                listen_fd=listener.fileno(),
                lock_fd=lock,
                listeners={name: handed.fileno() for name, handed in listeners.items()},
            )
            _spawn(configuration)
    finally:
        os.close(lock)
    return True


def _spawn(configuration: SupervisorConfiguration) -> None:
    # Deliberately not waited for: it outlives this worker. Its group is its own, so that Ctrl-C in the terminal
    # reaches the parent alone, which then ends its workers in order.
    process = subprocess.Popen(  # noqa: S603 - our own module with our own interpreter
        python_module("fluxlit_sidecar.sharing"),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=(configuration.listen_fd, configuration.lock_fd, *configuration.listeners.values()),
        start_new_session=True,
    )
    assert process.stdin is not None  # noqa: S101 - asked for above
    with process.stdin as pipe:
        pipe.write(configuration.model_dump_json().encode())
    threading.Thread(target=process.wait, name="fluxlit-reap-supervisor", daemon=True).start()
