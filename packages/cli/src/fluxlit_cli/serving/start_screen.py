"""What ``dev`` and ``run`` print: what is served where, and when the UI is ready."""

import socket
from dataclasses import dataclass

from fluxlit_cli.console import say, styled
from fluxlit_cli.serving.listening import url_host

__all__ = ("Addresses", "addresses_of", "show_ready", "show_start")


@dataclass(frozen=True)
class Addresses:
    """Where a browser on this machine finds each part."""

    base: str
    pages: str
    api: str
    docs: str


def addresses_of(listener: socket.socket, *, host: str, mount: str, api_mount: str) -> Addresses:
    """The addresses of what ``listener`` serves.

    Args:
        listener: The bound socket.
        host: The host that was asked for.
        mount: Public mount, such as ``/apps/sales``.
        api_mount: Path of the API.
    """
    if listener.family == getattr(socket, "AF_UNIX", None):
        base = f"unix:{listener.getsockname()}"
        return Addresses(base=base, pages=base, api=f"{base} {api_mount}", docs=f"{base} {api_mount}/docs")
    base = f"http://{url_host(host)}:{listener.getsockname()[1]}"
    root = f"{base}/{mount.strip('/')}".rstrip("/")
    api = root + api_mount.rstrip("/")
    return Addresses(base=base, pages=f"{root}/", api=f"{api}/", docs=f"{api}/docs")


def show_start(title: str, addresses: Addresses, *, development: bool, stop_hint: bool = True) -> None:
    """Say what is served where."""
    mode = "development" if development else "production"
    say(f"{styled(title, 'bold')} {styled(f'({mode})', 'dim')}")
    for label, address in (("UI", addresses.pages), ("API", addresses.api), ("Docs", addresses.docs)):
        say(f"  {label:<5} {styled(address, 'cyan')}")
    if stop_hint:
        say(styled("  Ctrl-C stops it.", "dim"))


def show_ready(seconds: float, addresses: Addresses) -> None:
    """Say that pages can be opened."""
    say(f"{styled('UI ready', 'green', 'bold')} in {seconds:.1f} s: {addresses.pages}")
