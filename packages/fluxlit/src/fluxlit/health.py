"""Whether Streamlit answers, for scripts of one's own; the gateway's probes are `/api/readyz` and its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxlit.runtime.upstream_state import read_streamlit_upstream_url
from fluxlit_client.http_library import httpx
from fluxlit_gateway import normalize_root_mount

if TYPE_CHECKING:
    from fluxlit.settings import FluxlitSettings

__all__ = ("probe_streamlit_ready",)


async def probe_streamlit_ready(
    *, timeout_s: float = 0.5, upstream: str | None = None, settings: FluxlitSettings | None = None
) -> tuple[bool, str]:
    """Ask a Streamlit server for its start page, at the root and then at the public mount.

    Args:
        timeout_s: Seconds for each question.
        upstream: `http://host:port`; by default what `FLUXLIT_STREAMLIT_UPSTREAM_FILE` or `FLUXLIT_STREAMLIT_UPSTREAM`
            names.
        settings: Say the public mount.

    Returns:
        Whether it answered, and `ok`, `not_configured`, `upstream_http_failed <path>:<status>;…` or what went wrong.
    """
    base = (read_streamlit_upstream_url() if upstream is None else upstream).rstrip("/")
    if not base:
        return True, "not_configured"
    mount = normalize_root_mount(settings.public_mount_path()) if settings is not None else ""
    paths = list(dict.fromkeys(["/", f"{mount}/"]))
    refused: list[str] = []
    # Without the environment's proxies: they must not see traffic within this machine.
    async with httpx.AsyncClient(timeout=timeout_s, trust_env=False) as client:
        for path in paths:
            try:
                answer = await client.get(base + path)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                return False, str(error) or type(error).__name__
            if answer.is_success:
                return True, "ok"
            refused.append(f"{path}:{answer.status_code}")
    return False, f"upstream_http_failed {';'.join(refused)}"
