"""Puts together what runs: the server's process, its gateway's answer and each sidecar."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from fluxlit_cli.control.server_process import standing_of
from fluxlit_cli.readiness import Readiness, ask_readiness
from fluxlit_cli.serving.pidfile import read_pidfile
from fluxlit_cli.status.local_process import age_of, memory_of

__all__ = ("StatusReport", "report_of_pidfile", "report_of_url")

_NOT_RUNNING = 3
"""As the status action of service scripts reports it (LSB)."""


@dataclass(frozen=True)
class StatusReport:
    """What runs.

    Attributes:
        data: Everything, ready for JSON.
        exit_code: 0 ready, 1 not ready, 3 nothing runs.
    """

    data: Mapping[str, Any]
    exit_code: int


def report_of_pidfile(pidfile: Path) -> StatusReport:
    """What the server of ``pidfile`` does."""
    try:
        record = read_pidfile(pidfile)
    except FileNotFoundError:
        record = None
    standing = standing_of(record, pidfile) if record is not None else None
    if record is None or standing is None or not standing.ours:
        reason = f"there is no server for the pidfile {str(pidfile)!r}"
        return StatusReport({"running": False, "ready": False, "reason": reason}, _NOT_RUNNING)
    base = {"running": True, "pid": record.pid, "target": record.target, "url": record.url}
    process = {"age_seconds": age_of(record.pid), "memory_bytes": memory_of(record.pid)}
    answer = ask_readiness(record.url, record.status_path) if record.url else None
    return _report(base, answer, gateway=process, local=True)


def report_of_url(url: str) -> StatusReport:
    """What the server at ``url`` does: its base address, or the address of its readiness route."""
    if url.startswith("unix:"):
        base, path = url, "/api/readyz"
    else:
        parts = urlsplit(url)
        base = f"{parts.scheme}://{parts.netloc}"
        path = parts.path if parts.path.endswith("/readyz") else f"{parts.path.rstrip('/')}/api/readyz"
    answer = ask_readiness(base, path)
    if answer is None:
        reason = f"nothing answers at {base}{path}"
        return StatusReport({"running": False, "ready": False, "url": url, "reason": reason}, _NOT_RUNNING)
    return _report({"running": True, "url": url}, answer, gateway={}, local=False)


def _report(
    base: Mapping[str, Any], answer: Readiness | None, *, gateway: Mapping[str, Any], local: bool
) -> StatusReport:
    if answer is None:
        reason = "the process runs and does not answer"
        return StatusReport(
            {**base, "ready": False, "reason": reason, "gateway": {"state": "silent", **gateway}, "sidecars": []}, 1
        )
    reason = "" if answer.ready else str(answer.body.get("detail") or f"HTTP {answer.status}")
    data = {
        **base,
        "ready": answer.ready,
        "reason": reason,
        "gateway": {"state": "serving", "http_status": answer.status, **gateway},
        "sidecars": [_sidecar(item, local=local) for item in _sidecars(answer.body)],
        **({"roll": answer.body["roll"]} if "roll" in answer.body else {}),
    }
    return StatusReport(data, 0 if answer.ready else 1)


def _sidecars(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = body.get("sidecars")
    if not isinstance(found, list):
        return []
    return [cast("Mapping[str, Any]", item) for item in cast("list[Any]", found) if isinstance(item, dict)]


def _sidecar(item: Mapping[str, Any], *, local: bool) -> dict[str, Any]:
    pid = item.get("pid")
    here = local and isinstance(pid, int)
    return {
        "name": item.get("name"),
        "state": item.get("state"),
        "pid": pid,
        "age_seconds": item.get("age_seconds") or (age_of(cast("int", pid)) if here else None),
        "sessions": item.get("active_sessions"),
        "memory_bytes": item.get("resident_memory") or (memory_of(cast("int", pid)) if here else None),
        "restarts": item.get("restarts"),
        "reason": item.get("reason") or "",
    }
