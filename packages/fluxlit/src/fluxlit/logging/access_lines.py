"""Lines of the access log, as `LogFormatter` would make them of records, at a fiftieth of the cost.

There is one for each request, and their fields are known and free of secrets before they come here.
"""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fluxlit_gateway.observability.access_entries import AccessedRequest, AccessEntry

__all__ = ("access_lines",)

_LOGGER = "fluxlit.gateway"
_PLAIN_WORD = re.compile(r"[^\s\"=\\]+")


def access_lines(entries: Sequence[AccessEntry], style: str) -> str:
    """The lines, each with its line end.

    Args:
        entries: What they say.
        style: `console`, `json` or `logfmt`.
    """
    make = {"json": _as_json, "logfmt": _as_logfmt}.get(style, _for_people)
    return "".join([make(entry) for entry in entries])


def _as_json(entry: AccessEntry) -> str:
    created, request_id, duration_ms, request = entry
    before_duration, before_id, before_field, before_number, end = _json_parts(request)
    # The characters of an id and of a number need no escape.
    return (
        f'{{"time": "{_iso(created)}", {before_duration}{duration_ms}{before_id}{request_id}{before_field}{request_id}'
        f"{before_number}{duration_ms}{end}"
    )


@lru_cache(maxsize=512)
def _json_parts(request: AccessedRequest) -> tuple[str, str, str, str, str]:
    """What stands around duration and id, each of which comes twice, in the line after its time."""
    text = encode_basestring
    before, between, after = (text(part)[1:-1] for part in request.message_parts())
    return (
        f'"level": "{request.level}", "logger": "{_LOGGER}", "message": "{before}',
        between,
        f'{after}", "request_id": "',
        (
            f'", "fluxlit_dispatch": "{request.dispatch}", "http_method_or_type": {text(request.method)}, '
            f'"path": {text(request.path)}, "query": {text(request.query)}, "status": {request.status}, "duration_ms": '
        ),
        f', "problem": "", "client": {text(request.client)}}}\n',
    )


def _as_logfmt(entry: AccessEntry) -> str:
    created, request_id, duration_ms, request = entry
    return (
        f"time={_iso(created)} level={request.level} logger={_LOGGER} message={_quoted(entry.message)} "
        f"request_id={_quoted(request_id)} fluxlit_dispatch={request.dispatch} "
        f"http_method_or_type={_quoted(request.method)} path={_quoted(request.path)} query={_quoted(request.query)} "
        f"status={request.status} duration_ms={duration_ms} problem= client={_quoted(request.client)}\n"
    )


def _for_people(entry: AccessEntry) -> str:
    at = time.strftime("%H:%M:%S", time.gmtime(entry.created))
    request = entry.request
    return f"{at} [{request.level.lower()}] {entry.message} [{_LOGGER}] client={_quoted(request.client)}\n"


def _iso(created: float) -> str:
    second = int(created)
    return f"{_second(second)}.{int((created - second) * 1_000_000):06d}+00:00"


@lru_cache(maxsize=4)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _quoted(text: str) -> str:
    if not text or _PLAIN_WORD.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)
