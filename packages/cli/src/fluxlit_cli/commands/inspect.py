"""``fluxlit config`` and ``fluxlit pages``: what an application is, without serving it."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, cast

import typer

from fluxlit_cli.commands.options import Target
from fluxlit_cli.console import say, styled
from fluxlit_cli.project import load_project_config, resolve_target

__all__ = ("config", "manifest", "register", "validate")

_TargetOption = Annotated[
    str | None,
    typer.Option("--target", help="module:attribute (default: the project file's, else app:app).", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("config", short_help="Show every setting and its origin.")(config)
    pages = typer.Typer(help="Look at the Streamlit pages.", no_args_is_help=True, rich_markup_mode=None)
    pages.command("manifest")(manifest)
    pages.command("validate")(validate)
    app.add_typer(pages, name="pages")


def config(
    target: Target = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object; secrets are masked.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 on warnings too, not only on errors.")] = False,
) -> None:
    """Show the effective value of every setting, where it came from, and what is odd about it."""
    from fluxlit_cli.configuration import build_config_payload  # noqa: PLC0415 -- only this command needs it

    name = resolve_target(target, load_project_config())
    payload = build_config_payload(_load(name).settings, target=name)
    say(json.dumps(payload, indent=2, default=str) if as_json else _text(payload))
    levels = {warning["level"] for warning in payload["warnings"]}
    raise typer.Exit(1 if "error" in levels or (strict and levels) else 0)


def manifest(*, target: _TargetOption = None) -> None:
    """Print the page manifest (version 1) as JSON."""
    from fluxlit_pages import build_page_manifest  # noqa: PLC0415 -- heavy, and --help must not wait for it

    app = _load(resolve_target(target, load_project_config()))
    say(json.dumps(build_page_manifest(app), indent=2))


def validate(
    *,
    target: _TargetOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="Check page signatures whatever the settings say.")] = False,
) -> None:
    """Check the pages: one problem a line and exit 1, or nothing and exit 0."""
    from fluxlit_pages import validate_fluxlit_pages  # noqa: PLC0415 -- heavy, and --help must not wait for it

    app = _load(resolve_target(target, load_project_config()))
    problems = validate_fluxlit_pages(app, strict_signatures=True if strict else None)
    for problem in problems:
        say(problem)
    raise typer.Exit(1 if problems else 0)


def _load(target: str) -> Any:
    from fluxlit_cli.application import load_application  # noqa: PLC0415 -- heavy, and --help must not wait for it

    return load_application(target)


def _text(payload: Mapping[str, Any]) -> str:
    settings = cast("Mapping[str, Any]", payload["settings"])
    origins = cast("Mapping[str, str]", payload["origins"])
    binding = payload["binding"]
    width = max(map(len, settings))
    lines = [
        f"target   {payload['target']}",
        f"binding  {binding['host']}:{binding['port']} ({binding['log_level']})",
        "",
    ]
    for name, value in settings.items():
        origin = origins.get(name, "")
        shown = f"{name.ljust(width)}  {json.dumps(value, default=str)}"
        lines.append(styled(shown, "dim") if origin == "default" else f"{shown}  ({origin})")
    for warning in payload["warnings"]:
        colour = "red" if warning["level"] == "error" else "yellow"
        lines += ["", f"{styled(warning['level'].upper(), colour)} {warning['code']}: {warning['message']}"]
    return "\n".join(lines)
