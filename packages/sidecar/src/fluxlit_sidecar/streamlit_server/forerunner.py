"""The child's half of a forerunner (`fluxlit_sidecar.supervision.forerunner`): it imports first and learns later why.

What it then turns out to be must not differ from a child that was started with its orders. So it takes them on only
where they change nothing that it has made use of: the environment but for FluxLit's own variables, the working folder,
and from where its imports came. Else it starts over, as the same process with another environment.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fluxlit_sidecar.child import names
from fluxlit_sidecar.child.death_signal import request_death_signal
from fluxlit_sidecar.streamlit_server.imported_from import hide_what_is_imported
from fluxlit_sidecar.streamlit_server.settings import StreamlitServerSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ("follow_orders",)

_MOST_AT_ONCE = 65_536
# Set for every child, and not by whoever gives the orders.
_SAME_FOR_ALL = "PYTHONUNBUFFERED"


@dataclass(frozen=True)
class _Orders:
    env: Mapping[str, str]
    folder: str
    listener: socket.socket


def follow_orders(
    line: Mapping[str, str], prepare: Callable[[StreamlitServerSettings], None]
) -> StreamlitServerSettings:
    """Prepare, wait for the orders, and make this process the one that they describe.

    Args:
        line: The variables of the control channel, which are taken already.
        prepare: Does all that needs no orders; what it raises does not matter before there are any.

    Returns:
        By what settings it has been prepared. The environment is the ordered one.
    """
    before = _used_environment(os.environ)
    search_path = os.environ.get("PYTHONPATH", "")
    channel = socket.socket(fileno=int(os.environ.pop(names.ORDERS_FD)))
    channel.set_inheritable(False)
    settings = StreamlitServerSettings.from_env()
    prepared = True
    try:
        prepare(settings)
    except Exception:  # noqa: BLE001 - it comes again, and is told, when it is needed after all
        prepared = False
    orders = _wait_for_orders(channel)
    given, wanted = _folders(search_path), _folders(orders.env.get("PYTHONPATH", ""))
    if (
        not prepared
        or sys.flags.safe_path
        or before != _used_environment(orders.env)
        or orders.folder != os.getcwd()  # noqa: PTH109 - compared with a string
        or not set(given) <= set(wanted)
        or hide_what_is_imported(wanted)
    ):
        _start_over(orders, line)
    rest = [path for path in sys.path[1:] if path not in given]
    sys.path[:] = dict.fromkeys([sys.path[0], *wanted, *rest])
    _take_on(orders)
    _forget_configuration()
    return settings


def _folders(search_path: str) -> list[str]:
    # As Python itself reads the variable: an empty entry is the working folder.
    return [os.path.abspath(path) for path in search_path.split(os.pathsep)] if search_path else []  # noqa: PTH100 - what sys.path holds are strings


def _used_environment(env: Mapping[str, str]) -> dict[str, str]:
    """What a library may have looked at; FluxLit's own variables are read when they are needed."""
    return {name: value for name, value in env.items() if not _is_late(name)}


def _is_late(name: str) -> bool:
    return name.startswith("FLUXLIT_") or name in {"PYTHONPATH", _SAME_FOR_ALL}


def _wait_for_orders(channel: socket.socket) -> _Orders:
    with channel:
        message, descriptors, _, _ = socket.recv_fds(channel, _MOST_AT_ONCE, 1)
        while piece := channel.recv(_MOST_AT_ONCE):
            message += piece
    if not descriptors:
        # Not needed, or there is nobody any more who could need it.
        os._exit(0)
    orders: Any = json.loads(message)
    return _Orders(orders["env"], orders["folder"], socket.socket(fileno=descriptors[0]))


def _take_on(orders: _Orders) -> None:
    # What an import has set stays, as it would in a child that was started with these orders.
    for name in [name for name in os.environ if _is_late(name) and name != _SAME_FOR_ALL]:
        del os.environ[name]
    os.environ.update({name: value for name, value in orders.env.items() if _is_late(name)})
    os.environ[names.LISTEN_FD] = str(orders.listener.detach())


def _forget_configuration() -> None:
    """Let Streamlit take the configuration that it reads next for the first one, not for a change of one in use."""
    config = sys.modules.get("streamlit.config")
    if config is not None:
        vars(config)["_config_options"] = None


def _start_over(orders: _Orders, line: Mapping[str, str]) -> None:
    os.set_inheritable(int(line[names.CONTROL_FD]), True)
    orders.listener.set_inheritable(True)
    env = {
        **orders.env,
        _SAME_FOR_ALL: "1",
        names.LISTEN_FD: str(orders.listener.fileno()),
        **line,
    }
    # Its handler is gone in a moment, and the new one set when the program has begun.
    request_death_signal(0)
    os.chdir(orders.folder)
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], env)  # noqa: S606 - the command of this very process
