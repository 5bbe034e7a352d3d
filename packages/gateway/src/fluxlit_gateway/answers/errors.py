"""How a ``ProxyError`` is told: a page to those who look at one, JSON to everybody else."""

from typing import Any

from fluxlit_gateway.answers.responses import error_document, send_bytes, send_json
from fluxlit_gateway.asgi import HeaderPairs, Scope, Send
from fluxlit_gateway.errors import ForbiddenError, NoUpstreamError, ProxyError, UpstreamRefusedError
from fluxlit_gateway.waiting_page import waiting_page, waiting_page_headers, wants_html

__all__ = ("send_error",)

_UNAVAILABLE = 503


async def send_error(scope: Scope, send: Send, error: ProxyError, *, title: str, ui_state: str) -> None:
    """Answer with the error.

    A browser that asks for a page while nothing can serve it gets one that waits and comes back, with status 503; also
    when a target has just gone (a program is told 502 then).

    Args:
        scope: The request.
        send: The ASGI ``send``.
        error: What happened.
        title: Name of the application.
        ui_state: The upstream's state.
    """
    if scope["type"] == "websocket" and isinstance(error, ForbiddenError):
        # A plain close is a 403 on every server; uvicorn logs no error for it.
        await send({"type": "websocket.close", "code": 1008})
        return
    is_away = isinstance(error, NoUpstreamError | UpstreamRefusedError)
    if is_away and scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and wants_html(scope["headers"]):
        state = "restarting" if ui_state == "ready" else ui_state
        page = waiting_page(title, state, request_id=_request_id(scope))
        await _send_waiting_page(scope, send, page)
        return
    headers: HeaderPairs = []
    if error.retry_after is not None:
        headers.append((b"retry-after", b"%d" % error.retry_after))
    document = error_document(error.status, str(error))
    # What a visitor can report and an operator finds in every log.
    if request_id := _request_id(scope):
        document["request_id"] = request_id
    await send_json(scope, send, status=error.status, document=document, headers=headers)


def _request_id(scope: Scope) -> str:
    state: dict[str, Any] = scope.get("state") or {}
    return str(state.get("request_id", ""))


async def _send_waiting_page(scope: Scope, send: Send, page: bytes) -> None:
    pairs = waiting_page_headers()
    content_type = dict(pairs)[b"content-type"]
    headers = [pair for pair in pairs if pair[0] != b"content-type"]
    await send_bytes(scope, send, status=_UNAVAILABLE, body=page, content_type=content_type, headers=headers)
