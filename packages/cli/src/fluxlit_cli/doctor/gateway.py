"""Checks of the gateway's limits and headers, and of what earlier versions left in the environment."""

from collections.abc import Iterator
from pathlib import Path

from fluxlit_cli.doctor.check import Examination, Result, failed, passed, strictly, warned
from fluxlit_cli.errors import CliError
from fluxlit_cli.readiness import ask_readiness

__all__ = (
    "async_depends",
    "forward_client_headers",
    "forward_rejected_names",
    "routes",
    "security_headers",
    "upstream_state",
    "upstream_timeouts",
)

_SHORT_READ_SECONDS = 5.0


def routes(examination: Examination) -> Iterator[Result]:
    """Where to look at readiness, and what proxies in front must let through."""
    if examination.app is None:
        return
    mount = examination.settings.public_mount_path().rstrip("/")
    api = examination.settings.api_mount_path.rstrip("/")
    yield passed("readiness_route", f"GET {mount}{api}/readyz: 200 when pages are served, 503 before")
    yield passed("l7_websocket", f"proxies must pass WebSocket upgrades of {mount}/_stcore/stream")


def upstream_timeouts(examination: Examination) -> Iterator[Result]:
    """Time for slow pages."""
    if examination.app is None:
        return
    seconds = examination.settings.gateway_upstream_read_timeout_s
    if seconds < _SHORT_READ_SECONDS:
        yield strictly(
            examination,
            "gateway_upstream_timeouts",
            detail=f"sidecars get {seconds:g} s to answer",
            remedy="Set FLUXLIT_GATEWAY_UPSTREAM_READ_TIMEOUT_S to 5 or more.",
        )
    else:
        yield passed("gateway_upstream_timeouts", f"read {seconds:g} s")


def async_depends(examination: Examination) -> Iterator[Result]:
    """An experimental switch."""
    if examination.app is not None and examination.settings.async_page_depends:
        yield warned(
            "async_depends_streamlit",
            "async page dependencies are experimental",
            "Use plain functions, or unset FLUXLIT_ASYNC_PAGE_DEPENDS.",
        )


def forward_client_headers(examination: Examination) -> Iterator[Result]:
    """Headers that clients choose and pages see."""
    if examination.app is None:
        return
    names: list[str] = examination.settings.gateway_forward_client_headers_to_streamlit
    if names:
        yield warned(
            "gateway_forward_client_headers",
            f"pages see what any client sends in {', '.join(names)}",
            "Let the proxy in front set or remove these headers.",
        )


def forward_rejected_names(examination: Examination) -> Iterator[Result]:
    """Names that the setting cannot let through."""
    rejected = getattr(examination.settings, "rejected_forward_headers", ()) if examination.app is not None else ()
    if rejected:
        yield strictly(
            examination,
            "gateway_forward_rejected_names",
            detail=f"never forwarded: {', '.join(rejected)}",
            remedy="Remove them from FLUXLIT_GATEWAY_FORWARD_CLIENT_HEADERS_TO_STREAMLIT.",
        )


def upstream_state(examination: Examination) -> Iterator[Result]:
    """Variables of earlier versions, which carried the address of a sidecar."""
    file = examination.environ.get("FLUXLIT_STREAMLIT_UPSTREAM_FILE", "").strip()
    url = examination.environ.get("FLUXLIT_STREAMLIT_UPSTREAM", "").strip()
    if file:
        yield from _upstream_file(Path(file))
    elif url:
        yield _reachable("streamlit_upstream", url)


def _upstream_file(file: Path) -> Iterator[Result]:
    name, remedy = "streamlit_upstream_state", "Unset FLUXLIT_STREAMLIT_UPSTREAM_FILE: FluxLit does not need it."
    if not file.is_file():
        yield failed(name, f"{str(file)!r} does not exist", remedy)
        return
    url = file.read_text(encoding="utf-8", errors="replace").strip()
    yield _reachable(name, url) if url else warned(name, f"{str(file)!r} is empty", remedy)


def _reachable(name: str, url: str) -> Result:
    try:
        answer = ask_readiness(url, "/_stcore/health", timeout=1.0)
    except CliError:
        answer = None
    if answer is None:
        return warned(name, f"nothing answers at {url}", "Start it, or unset the variable.")
    return passed(name, f"{url} answers")


def security_headers(examination: Examination) -> Iterator[Result]:
    """Other origins may call, and nothing protects the pages."""
    if examination.app is None:
        return
    settings = examination.settings
    if settings.cors_allow_origins and not settings.enable_security_headers:
        yield strictly(
            examination,
            "security_headers",
            detail="other origins may call the API and security headers are off",
            remedy="Set FLUXLIT_ENABLE_SECURITY_HEADERS=1.",
        )
