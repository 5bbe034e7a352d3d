"""``fluxlit doctor``: its options, and how its findings are shown."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fluxlit_cli.commands.options import Target
from fluxlit_cli.console import say, styled
from fluxlit_cli.project import load_project_config, resolve_target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fluxlit_cli.doctor.check import Result

__all__ = ("doctor", "register")

_COLOURS = {"PASS": "green", "WARN": "yellow", "FAIL": "red"}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("doctor", short_help="Check installation, application or deployment.")(doctor)


def doctor(
    target: Target = None,
    *,
    url: Annotated[
        str | None, typer.Option("--url", help="Probe a deployed instance through its proxy, such as https://host/app.")
    ] = None,
    warnings_only: Annotated[bool, typer.Option("--warnings-only", help="Always exit with 0.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Add the effective configuration, secrets masked.")
    ] = False,
    check_pages: Annotated[bool, typer.Option("--check-pages", help="Validate the pages too.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Count warnings of configuration as failures.")] = False,
) -> None:
    """Check the installation and the application, or a deployed instance; each finding comes with a remedy.

    Exits with 1 when a check failed.
    """
    from fluxlit_cli.doctor import examine as doctors  # noqa: PLC0415 -- heavy, and --help must not wait for it
    from fluxlit_cli.doctor.verbose import verbose_snapshot  # noqa: PLC0415 -- as above

    if url is not None:
        from fluxlit_cli.deployment import probe_deployment  # noqa: PLC0415 -- only for --url

        name, results, extra = url, probe_deployment(url), {}
    else:
        name = resolve_target(target, load_project_config())
        examination = doctors.examine(name, strict=strict, with_pages=check_pages or verbose)
        results = doctors.run_checks(examination)
        extra: dict[str, Any] = {"verbose": verbose_snapshot(examination)} if verbose else {}
    status = doctors.overall(results).value.lower()
    if warnings_only and status == "fail":
        status = "warn"
    if as_json:
        checks = [result.as_dict() for result in results]
        report = {"status": status, "target": name, "warnings_only": warnings_only, "checks": checks, **extra}
        say(json.dumps(report, default=str))
    else:
        say(_text(name, results))
        if extra:
            say(json.dumps(extra["verbose"], indent=2, default=str))
    raise typer.Exit(1 if status == "fail" else 0)


def _text(name: str, results: "Iterable[Result]") -> str:
    lines = [styled(f"fluxlit doctor: {name}", "bold"), ""]
    for result in results:
        lines.append(f"{styled(result.status.value.ljust(4), _COLOURS[result.status])}  {result.name}: {result.detail}")
        if result.remedy:
            lines.append(f"      {styled(result.remedy, 'dim')}")
    return "\n".join([*lines, ""])
