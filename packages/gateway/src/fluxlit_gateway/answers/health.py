"""Health answers: whether this process lives, has started, and can show the UI.

They are made from what is known here, without asking the upstream: a probe costs microseconds, and a thousand of them
stall nobody.
"""

from collections.abc import Mapping

from fluxlit_gateway.answers.responses import send_json
from fluxlit_gateway.asgi import Scope, Send
from fluxlit_gateway.upstream.protocols import Upstream
from fluxlit_gateway.upstream.static import NoUpstream

__all__ = ("HEALTH_NAMES", "health_document", "send_health")

HEALTH_NAMES = frozenset({"/healthz", "/readyz", "/startupz"})

_OK = 200
_UNAVAILABLE = 503


def health_document(
    name: str, upstream: Upstream, *, has_started: bool, is_withdrawn: bool = False
) -> tuple[int, dict[str, object]]:
    """Return status and JSON body of one health path.

    - ``/healthz``: this process answers.
    - ``/readyz``: at least one target can serve the UI, or there is no UI by design; and this process is not about to
      stop.
    - ``/startupz``: the API has started, and the UI has been ready or is by design not there.

    Args:
        name: One of ``HEALTH_NAMES``.
        upstream: Who serves the UI.
        has_started: Whether the UI has been ready before; a later restart does not undo a start.
        is_withdrawn: Whether this process is about to stop; it still answers.
    """
    if name == "/healthz":
        return _OK, {"status": "ok"}
    if name == "/readyz" and is_withdrawn:
        known = upstream.describe().get("sidecars", [])
        return _UNAVAILABLE, {"status": "not_ready", "detail": "the server is shutting down", "sidecars": known}
    if isinstance(upstream, NoUpstream):
        return _OK, {"status": "ready", "streamlit": "not_configured", "sidecars": []}
    description: Mapping[str, object] = upstream.describe()
    sidecars = description.get("sidecars", [])
    # The last replacement of all sidecars, or None: running, done or failed, with the reason.
    roll = {"roll": description["roll"]} if "roll" in description else {}
    if upstream.targets() or (name == "/startupz" and has_started):
        return _OK, {"status": "ready", "streamlit": "ok", "sidecars": sidecars, **roll}
    detail = description.get("reason") or upstream.state
    return _UNAVAILABLE, {"status": "not_ready", "detail": detail, "sidecars": sidecars, **roll}


async def send_health(scope: Scope, send: Send, *, status: int, document: Mapping[str, object]) -> None:
    """Answer a GET or HEAD for a health path."""
    headers = ((b"retry-after", b"2"),) if status == _UNAVAILABLE else ()
    await send_json(scope, send, status=status, document=document, headers=headers)
