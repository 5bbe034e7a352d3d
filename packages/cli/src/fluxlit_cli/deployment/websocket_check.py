"""The WebSocket half of the probe: whether the upgrade reaches Streamlit."""

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from websockets.exceptions import InvalidHandshake, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from fluxlit_cli.deployment.hops import proxy_name
from fluxlit_cli.deployment.http_checks import Deployment
from fluxlit_cli.doctor.check import Result, failed, passed

__all__ = ("websocket_upgrade",)

_FORBIDDEN = 403
_BAD_GATEWAY = frozenset({502, 503, 504})


def websocket_upgrade(deployment: Deployment) -> Iterator[Result]:
    """Open the WebSocket that each page needs, as a browser of this origin would."""
    parts = urlsplit(deployment.base)
    scheme = "wss" if parts.scheme == "https" else "ws"
    url = urlunsplit((scheme, parts.netloc, f"{deployment.mount}/_stcore/stream", "", ""))
    origin = Origin(f"{parts.scheme}://{parts.netloc}")
    try:
        with connect(url, origin=origin, subprotocols=[Subprotocol("streamlit")], open_timeout=10, close_timeout=1):
            pass
    except InvalidStatus as error:
        yield _refused(error.response.status_code, proxy_name(error.response.headers), origin)
    except (OSError, InvalidHandshake, TimeoutError) as error:
        yield failed(
            "websocket",
            f"the upgrade is not answered: {error or type(error).__name__}",
            "Hop browser → proxy: allow WebSocket upgrades.",
        )
    else:
        yield passed("websocket", "the upgrade reaches Streamlit")


def _refused(status: int, proxy: str, origin: str) -> Result:
    if status == _FORBIDDEN:
        return failed(
            "websocket",
            f"refused with 403: FluxLit does not take {origin} for its own address",
            "Hop proxy → FluxLit: pass Host and X-Forwarded-Proto unchanged and set FLUXLIT_TRUST_PROXY=1, "
            f"or name {origin} in FLUXLIT_WS_ALLOWED_ORIGINS.",
        )
    if status in _BAD_GATEWAY:
        return failed("websocket", f"answered with {status}", "Hop proxy → FluxLit, or a sidecar that is not ready.")
    return failed(
        "websocket",
        f"answered with {status} instead of an upgrade",
        f"Hop browser → proxy: let {proxy} pass the Upgrade and Connection headers on, with HTTP/1.1.",
    )
