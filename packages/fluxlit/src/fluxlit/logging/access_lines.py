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

    from fluxlit_gateway.observability.access_lines import AccessEntry

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
    created, level, message, request_id, dispatch, method, path, query, status, duration_ms, client = entry
    text = encode_basestring
    return (
        f'{{"time": "{_iso(created)}", "level": "{level}", "logger": "{_LOGGER}", "message": {text(message)}, '
        f'"request_id": {text(request_id)}, "fluxlit_dispatch": "{dispatch}", "http_method_or_type": {text(method)}, '
        f'"path": {text(path)}, "query": {text(query)}, "status": {status}, "duration_ms": {duration_ms}, '
        f'"problem": "", "client": {text(client)}}}\n'
    )


def _as_logfmt(entry: AccessEntry) -> str:
    created, level, message, request_id, dispatch, method, path, query, status, duration_ms, client = entry
    return (
        f"time={_iso(created)} level={level} logger={_LOGGER} message={_quoted(message)} "
        f"request_id={_quoted(request_id)} fluxlit_dispatch={dispatch} http_method_or_type={_quoted(method)} "
        f"path={_quoted(path)} query={_quoted(query)} status={status} duration_ms={duration_ms} problem= "
        f"client={_quoted(client)}\n"
    )


def _for_people(entry: AccessEntry) -> str:
    at = time.strftime("%H:%M:%S", time.gmtime(entry.created))
    return f"{at} [{entry.level.lower()}] {entry.message} [{_LOGGER}] client={_quoted(entry.client)}\n"


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
