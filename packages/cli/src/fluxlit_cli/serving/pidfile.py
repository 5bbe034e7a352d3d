"""The pidfile: which process serves here, told so precisely that no other process can be taken for it.

Lifecycle: written once the socket is bound, removed at the end by the process that wrote it and nobody else.
The first line is the process id alone, for tools that read no more; the second is JSON.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from fluxlit_cli.errors import CliError
from fluxlit_cli.process_identity import ProcessIdentity, identify, is_running

__all__ = (
    "DEFAULT_PIDFILE_NAME",
    "PidRecord",
    "default_pidfile_path",
    "own_identity",
    "read_pidfile",
    "refuse_running",
    "remove_pidfile",
    "write_pidfile",
)

DEFAULT_PIDFILE_NAME = ".fluxlit-dev.pid"


@dataclass(frozen=True)
class PidRecord:
    """What a pidfile says.

    Attributes:
        pid: The serving process.
        identity: Start time and command of that process; ``None`` in files of other versions.
        url: Base address that it serves.
        target: The application.
        status_path: Path of the readiness answer.
    """

    pid: int
    identity: ProcessIdentity | None = None
    url: str = ""
    target: str = ""
    status_path: str = "/api/readyz"


def default_pidfile_path(explicit: Path | None = None) -> Path:
    """``explicit``, else ``FLUXLIT_PIDFILE``, else ``.fluxlit-dev.pid`` in the working directory."""
    if explicit is not None:
        return explicit.expanduser()
    configured = os.environ.get("FLUXLIT_PIDFILE", "").strip()
    return Path(configured).expanduser() if configured else Path.cwd() / DEFAULT_PIDFILE_NAME


def read_pidfile(path: Path) -> PidRecord | None:
    """What ``path`` says, or ``None`` when it says nothing that can be used.

    Raises:
        FileNotFoundError: There is no such file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise
    except (OSError, ValueError):
        return None
    first, _, rest = text.strip().partition("\n")
    try:
        pid = int(first)
        details = cast("dict[str, Any]", json.loads(rest)) if rest.strip() else {}
        identity = ProcessIdentity(**cast("dict[str, str]", details["identity"])) if details.get("identity") else None
        texts = {name: str(details[name]) for name in ("url", "target", "status_path") if name in details}
        return PidRecord(pid=pid, identity=identity, **texts)
    except (ValueError, TypeError, AttributeError):
        return None


def write_pidfile(path: Path, record: PidRecord) -> None:
    """Write ``record``, unless a server that still runs is named there.

    Raises:
        CliError: The file names another server that runs, or it cannot be written.
    """
    refuse_running(path, but=record.pid)
    details = {name: value for name, value in asdict(record).items() if name != "pid"}
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(f"{record.pid}\n{json.dumps(details)}\n", encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise CliError(
            f"Cannot write the pidfile {str(path)!r}: {error.strerror}. Give another with --pidfile, or --no-pidfile."
        ) from error


def refuse_running(path: Path, *, but: int | None = None) -> None:
    """Refuse to go on while the server named in ``path`` runs, unless it is the process ``but``.

    Raises:
        CliError: It does.
    """
    try:
        other = read_pidfile(path)
    except FileNotFoundError:
        return
    if other and other.pid != but and other.identity and is_running(other.pid, other.identity):
        raise CliError(
            f"The pidfile {str(path)!r} belongs to a server that runs (process {other.pid}, "
            f"{other.url or other.target}). Stop it with 'fluxlit shutdown', or give this one "
            "another file with --pidfile, or none with --no-pidfile."
        )


def remove_pidfile(path: Path, pid: int) -> None:
    """Remove ``path`` if it still names ``pid``."""
    try:
        record = read_pidfile(path)
    except FileNotFoundError:
        return
    if record is not None and record.pid == pid:
        path.unlink(missing_ok=True)


def own_identity() -> ProcessIdentity | None:
    """The identity of this process."""
    return identify(os.getpid())
