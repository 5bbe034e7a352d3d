"""``fluxlit shutdown``, ``reload`` and ``status``: the commands about a server that runs."""

import json
from pathlib import Path
from typing import Annotated

import typer

from fluxlit_cli.console import say
from fluxlit_cli.control.reload import ask_to_reload
from fluxlit_cli.control.shutdown import shut_down
from fluxlit_cli.serving.pidfile import default_pidfile_path

__all__ = ("register", "reload", "shutdown", "status")

_PidfileOption = Annotated[
    Path | None,
    typer.Option("--pidfile", help="The pidfile (default: .fluxlit-dev.pid here, or FLUXLIT_PIDFILE)."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("shutdown", short_help="Stop the server that runs here.")(shutdown)
    app.command("reload", short_help="Replace the UI's processes of the server.")(reload)
    app.command("status", short_help="Show what runs.")(status)


def shutdown(
    *,
    pidfile: _PidfileOption = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Kill it when it still runs after --wait.")] = False,
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for it to stop.")] = 5.0,
) -> None:
    """Stop the server that 'fluxlit dev' or 'fluxlit run' started here, by its pidfile.

    A process that is not that server is never touched, whatever the file says.
    """
    code, message = shut_down(default_pidfile_path(pidfile), force=force, wait_seconds=wait)
    say(message)
    raise typer.Exit(code)


def reload(
    *,
    pidfile: _PidfileOption = None,
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for the outcome; 0 only asks.")] = 120.0,
) -> None:
    """Replace the UI's processes of the running server by fresh ones with new code, one after the other.

    Exits with 1 when one does not start: the old ones go on.
    """
    code, message = ask_to_reload(default_pidfile_path(pidfile), wait_seconds=wait)
    say(message)
    raise typer.Exit(code)


def status(
    url: Annotated[
        str | None,
        typer.Argument(metavar="URL", help="Address of a server (default: the pidfile's).", show_default=False),
    ] = None,
    *,
    pidfile: _PidfileOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show it again and again until Ctrl-C.")] = False,
    interval: Annotated[float, typer.Option("--interval", min=0.1, help="Seconds between two looks.")] = 2.0,
) -> None:
    """Show what runs: the gateway and each sidecar with state, age, sessions, memory and restarts.

    Exits with 0 when it is ready, 1 when it is not, 3 when nothing runs.
    """
    from fluxlit_cli.status.report import StatusReport, report_of_pidfile, report_of_url  # noqa: PLC0415 -- see below
    from fluxlit_cli.status.text import status_text  # noqa: PLC0415 -- only this command asks

    def look() -> StatusReport:
        return report_of_url(url) if url else report_of_pidfile(default_pidfile_path(pidfile))

    if watch:
        from fluxlit_cli.status.watching import show_again_and_again  # noqa: PLC0415 -- only watching draws with rich

        show_again_and_again(look, interval=interval, as_json=as_json)
    report = look()
    say(json.dumps(report.data) if as_json else status_text(report.data))
    raise typer.Exit(report.exit_code)
