"""What is said at the start behind Posit Workbench or Connect."""

from __future__ import annotations

from fluxlit_gateway import normalize_api_mount_path

__all__ = ("browser_base_url", "format_workbench_startup_message", "loopback_browser_host")

_ANY_HOST = frozenset({"", "0.0.0.0", "::", "[::]"})  # noqa: S104 - compared with, not bound


def loopback_browser_host(bind_host: str) -> str:
    """The host that a browser on this machine uses for a bound address."""
    return "127.0.0.1" if bind_host in _ANY_HOST else bind_host


def browser_base_url(bind_host: str, bind_port: int, *, scheme: str = "http") -> str:
    """The address that a browser on this machine opens, without a slash at the end."""
    host = loopback_browser_host(bind_host)
    return f"{scheme}://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{bind_port}"


def format_workbench_startup_message(
    *,
    app_title: str,
    bind_host: str,
    bind_port: int,
    root_mount_norm: str,
    api_mount_path: str,
    public_base_url: str,
    proxy_headers_on: bool,
) -> str:
    """The lines that `fluxlit run --workbench` prints.

    Args:
        app_title: Of the application.
        bind_host: Address that is bound.
        bind_port: Port that is bound.
        root_mount_norm: Public mount, normalised; empty for none.
        api_mount_path: The API's prefix.
        public_base_url: Where visitors come to; empty if that is not known.
        proxy_headers_on: Whether forwarding headers are believed.
    """
    base = browser_base_url(bind_host, bind_port) + root_mount_norm
    api = base + normalize_api_mount_path(api_mount_path).rstrip("/")
    lines = [
        "mode: workbench (behind a path proxy)",
        f"title: {app_title or 'FluxLit'}",
        f"forwarding headers: {'believed' if proxy_headers_on else 'not believed'}",
        f"on this machine: {base}/",
        f"health: {api}/healthz",
        f"API documentation: {api}/docs",
    ]
    if not root_mount_norm:
        lines.append("hint: behind a path, set FLUXLIT_ROOT_PATH to it")
    if public_base_url:
        lines.append(f"for visitors: {public_base_url}")
    lines.append("name the proxy in FLUXLIT_FORWARDED_ALLOW_IPS, so that nobody else is believed")
    return "\n".join(f"[fluxlit] {line}" for line in lines)
