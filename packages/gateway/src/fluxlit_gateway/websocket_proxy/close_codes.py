"""Close codes (RFC 6455, section 7.4) on their way from one connection to the other.

1005 and 1006 never travel: they say that there was no code, or no closing handshake at all.
"""

from fluxlit_gateway.websocket_proxy.closed import UpstreamClosedError

__all__ = (
    "ABNORMAL",
    "GOING_AWAY",
    "INTERNAL_ERROR",
    "MESSAGE_TOO_BIG",
    "NORMAL",
    "NO_STATUS",
    "code_for_browser",
    "code_for_upstream",
)

NO_STATUS = 1005
ABNORMAL = 1006
NORMAL = 1000
GOING_AWAY = 1001
MESSAGE_TOO_BIG = 1009
INTERNAL_ERROR = 1011

_FORWARDABLE = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015)})
_FIRST_REGISTERED, _LAST_PRIVATE = 3000, 4999


def _is_forwardable(code: int) -> bool:
    return code in _FORWARDABLE or _FIRST_REGISTERED <= code <= _LAST_PRIVATE


def code_for_browser(closed: UpstreamClosedError) -> tuple[int, str]:
    """Return code and reason to close the browser's side with after the upstream's has ended."""
    # What was sent to an upstream that broke a rule (message too big, invalid UTF-8) is told to the browser as well.
    frame = closed.sent or closed.received
    if frame is None:
        return INTERNAL_ERROR, "the connection to the application was lost"
    if frame.code == NO_STATUS:
        return NORMAL, ""
    if _is_forwardable(frame.code):
        return frame.code, frame.reason
    return INTERNAL_ERROR, ""


def code_for_upstream(code: int, reason: str) -> tuple[int, str]:
    """Return code and reason to close the upstream's side with after the browser's has ended."""
    if _is_forwardable(code):
        return code, reason
    # 1005: closed without a code, or (uvicorn) vanished; 1006: vanished.
    return (NORMAL, "") if code == NO_STATUS else (GOING_AWAY, "")
