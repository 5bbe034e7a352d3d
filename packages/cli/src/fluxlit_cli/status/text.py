"""A status report for people: a line for the server, and a row for the gateway and each sidecar."""

from collections.abc import Mapping
from typing import Any

from fluxlit_cli.console import styled

__all__ = ("status_text",)

_MINUTE = 60
_HOUR = 3600
_DAY = 86400
_COLUMNS = ("name", "state", "pid", "age", "sessions", "memory", "restarts")


def status_text(data: Mapping[str, Any]) -> str:
    """The report as lines."""
    if not data["running"]:
        return f"{styled('not running', 'red')}: {data['reason']}"
    state = styled("ready", "green", "bold") if data["ready"] else styled("not ready", "yellow", "bold")
    head = f"{data.get('target') or 'server'} at {data['url']}: {state}"
    if data["reason"]:
        head += f" ({data['reason']})"
    roll: Mapping[str, Any] | None = data.get("roll")
    if roll and roll["state"] == "failed":
        head += f"\n{styled('the last reload failed', 'yellow', 'bold')}: {roll['reason']}"
    gateway = {"name": "gateway", "pid": data.get("pid"), **data["gateway"]}
    rows = [_COLUMNS, *(_row(item) for item in (gateway, *data["sidecars"]))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([head, "", styled(lines[0], "dim"), *lines[1:]])


def _row(item: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(item.get("name") or "-"),
        str(item.get("state") or "-"),
        _number(item.get("pid")),
        _age(item.get("age_seconds")),
        _number(item.get("sessions")),
        _memory(item.get("memory_bytes")),
        _number(item.get("restarts")),
    )


def _number(value: object) -> str:
    return "-" if value is None else str(value)


def _age(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < _MINUTE:
        return f"{seconds:.0f}s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f}m{seconds % _MINUTE:02.0f}s"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f}h{seconds % _HOUR // _MINUTE:02.0f}m"
    return f"{seconds // _DAY:.0f}d{seconds % _DAY // _HOUR:02.0f}h"


def _memory(size: int | None) -> str:
    return "-" if size is None else f"{size / 1_000_000:.0f} MB"
