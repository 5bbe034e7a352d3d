"""What ``dev`` and ``run`` print: what is served where, and when the UI is ready."""

import socket
from dataclasses import dataclass

from fluxlit_cli.application import Application
from fluxlit_cli.console import remark, say, styled
from fluxlit_cli.serving.listening import url_host

__all__ = ("Addresses", "addresses_of", "show_ready", "show_start", "show_workbench")


@dataclass(frozen=True)
class Addresses:
    """Where a browser on this machine finds each part."""

    base: str
    pages: str
    api: str
    docs: str
    status_path: str


def addresses_of(listener: socket.socket, *, host: str, mount: str, api_mount: str) -> Addresses:
    """The addresses of what ``listener`` serves.

    Args:
        listener: The bound socket.
        host: The host that was asked for.
        mount: Public mount, such as ``/apps/sales``.
        api_mount: Path of the API.
    """
    root_path = f"/{mount.strip('/')}".rstrip("/")
    api_path = root_path + api_mount.rstrip("/")
    status_path = f"{api_path}/readyz"
    if listener.family == getattr(socket, "AF_UNIX", None):
        base = f"unix:{listener.getsockname()}"
        # No browser opens these; a proxy in front does.
        return Addresses(
            base=base,
            pages=f"{base}:{root_path}/",
            api=f"{base}:{api_path}/",
            docs=f"{base}:{api_path}/docs",
            status_path=status_path,
        )
    base = f"http://{url_host(host)}:{listener.getsockname()[1]}"
    return Addresses(
        base=base,
        pages=f"{base}{root_path}/",
        api=f"{base}{api_path}/",
        docs=f"{base}{api_path}/docs",
        status_path=status_path,
    )


def show_start(title: str, addresses: Addresses, *, development: bool) -> None:
    """Say what is served where."""
    mode = "development" if development else "production"
    say(f"{styled(title, 'bold')} {styled(f'({mode})', 'dim')}")
    for label, address in (("UI", addresses.pages), ("API", addresses.api), ("Docs", addresses.docs)):
        say(f"  {label:<5} {styled(address, 'cyan')}")
    say(styled("  Ctrl-C stops it.", "dim"))


def show_ready(seconds: float, addresses: Addresses) -> None:
    """Say that pages can be opened."""
    say(f"{styled('UI ready', 'green', 'bold')} in {seconds:.1f} s: {addresses.pages}")


def show_workbench(app: Application, addresses: Addresses) -> None:
    """Say, on standard error, what Posit Workbench and Connect users need to know."""
    settings = app.settings
    mount = str(getattr(settings, "public_mount_path", str)())
    public = str(getattr(settings, "public_base_url", ""))
    lines = [
        "mode: workbench (behind a path proxy)",
        f"title: {app.title}",
        f"forwarding headers are believed from: {settings.forwarded_allow_ips or '127.0.0.1'}",
        f"open {addresses.pages}",
        f"health: {addresses.api}healthz",
        f"docs: {addresses.docs}",
    ]
    if not mount.strip("/"):
        lines.append("served below a path? Set FLUXLIT_ROOT_PATH to it.")
    if public:
        lines.append(f"public address: {public}")
    for line in lines:
        remark(line)
