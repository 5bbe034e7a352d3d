"""Binds the public socket, before anything else is started."""

import contextlib
import errno
import os
import socket
import stat
from pathlib import Path

from fluxlit_cli.errors import AddressInUseError, CliError

__all__ = ("bind_address", "bind_unix", "inherit", "url_host")

_BACKLOG = 2048


def url_host(host: str) -> str:
    """The host as a browser on this machine can write it: wildcards become loopback, IPv6 gets its brackets."""
    if host in {"", "0.0.0.0"}:  # noqa: S104 -- compared with, not bound
        return "127.0.0.1"
    if host in {"::", "[::]"}:
        return "[::1]"
    return f"[{host.strip('[]')}]" if ":" in host else host


def bind_address(host: str, port: int) -> socket.socket:
    """A listening TCP socket; port 0 takes a free one.

    Raises:
        AddressInUseError: Somebody else listens there, or the address is not ours to bind.
    """
    plain = host.strip("[]")
    try:
        found = socket.getaddrinfo(
            plain or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
        )
    except (OSError, OverflowError) as error:
        raise CliError(
            f"Cannot resolve the host {host!r}: {error}. Give an address of this machine with --host "
            "or FLUXLIT_GATEWAY_HOST, such as 127.0.0.1."
        ) from error
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # "::" is meant to serve IPv4 too, whatever the machine's default is.
            with contextlib.suppress(OSError):
                listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(address)
        # From here on a second server is refused: Linux lets two sockets bind one address until one listens.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise AddressInUseError(_bind_problem(host, port, error)) from error
    listener.setblocking(False)
    return listener


def _bind_problem(host: str, port: int, error: OSError) -> str:
    where = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"Cannot listen on {where}: another program uses it. Stop that one, or choose another port with "
            "--port or FLUXLIT_GATEWAY_PORT (--port 0 takes a free one)."
        )
    if error.errno == errno.EACCES:
        return f"Cannot listen on {where}: this user may not use port {port}. Choose a port above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"Cannot listen on {where}: this machine does not have the address {host!r}. Choose another with --host."
    return f"Cannot listen on {where}: {error.strerror}. Choose another address with --host and --port."


def bind_unix(path: Path) -> socket.socket:
    """A listening Unix socket; a stale one is replaced, one that is answered is not.

    Raises:
        AddressInUseError: Somebody listens there, or something else than a socket has that name.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise CliError("This platform has no Unix sockets; listen on an address with --host and --port.")
    if path.exists():
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise AddressInUseError(f"Cannot listen on {str(path)!r}: it is a file, not a socket. Give another --uds.")
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
            except OSError:
                path.unlink(missing_ok=True)
            else:
                raise AddressInUseError(f"Cannot listen on {str(path)!r}: another program uses it. Give another --uds.")
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        # The proxy in front runs as another user, as with uvicorn's own --uds.
        os.chmod(path, 0o666)  # noqa: S103, PTH101 -- see above
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise AddressInUseError(f"Cannot listen on {str(path)!r}: {error.strerror}. Give another --uds.") from error
    listener.setblocking(False)
    return listener


def inherit(fd: int) -> socket.socket:
    """The listening socket that the parent process left open as file descriptor ``fd``.

    Raises:
        CliError: It is no socket.
    """
    try:
        listener = socket.socket(fileno=fd)
        listener.listen(_BACKLOG)
    except OSError as error:
        raise CliError(
            f"File descriptor {fd} is no socket that can be listened on ({error.strerror}). "
            "Pass one that the parent process has bound and left open, as systemd does from 3 on."
        ) from error
    listener.setblocking(False)
    return listener
