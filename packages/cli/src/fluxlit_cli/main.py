"""The ``fluxlit`` command: registers the commands and turns errors into one message and an exit code.

Nothing heavy is imported here: ``--help``, ``--version``, ``new``, ``shutdown`` and ``status`` stay quick.
"""

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fluxlit_cli.commands import control, doctor, generate, inspect, keys, serve
from fluxlit_cli.console import complain, say
from fluxlit_cli.errors import CliError

__all__ = ("app", "main")

_INTERRUPTED = 130
"""128 + SIGINT, what a shell reports for a program that Ctrl-C ended."""


class _ReportingGroup(TyperGroup):
    """A group whose commands' errors become a message instead of a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        Raises:
            typer.Exit: With the exit code of the error.
        """
        try:
            return super().invoke(ctx)
        except CliError as error:
            complain(str(error))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            raise typer.Exit(_INTERRUPTED) from error


app = typer.Typer(
    name="fluxlit",
    help="FastAPI routes and Streamlit pages: one app object, one public port.",
    cls=_ReportingGroup,
    no_args_is_help=True,
    # Plain help: rich takes as long to import as everything else together.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _installed_version() -> str:
    for name in ("fluxlit", "fluxlit-cli"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return "unknown"


def _show_version(wanted: bool) -> None:  # noqa: FBT001 -- the shape of typer's callbacks
    if wanted:
        say(f"fluxlit {_installed_version()}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version_wanted: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """FastAPI routes and Streamlit pages: one app object, one public port."""
    del version_wanted


for family in (serve, control, doctor, inspect, keys, generate):
    family.register(app)


def main() -> None:
    """Run the command with the arguments of this process."""
    app(prog_name="fluxlit")
