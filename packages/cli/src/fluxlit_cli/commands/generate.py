"""``fluxlit new`` and ``fluxlit build``: the commands that write files."""

from pathlib import Path
from typing import Annotated

import typer

from fluxlit_cli.commands.options import Target
from fluxlit_cli.console import say
from fluxlit_cli.project import load_project_config, resolve_target
from fluxlit_cli.scaffold.project import Profile, create_project

__all__ = ("build", "new", "register")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("build", short_help="Write Dockerfile, manifests or a unit.")(build)
    app.command("new", short_help="Create a project.")(new)


def build(
    target: Target = None,
    *,
    docker: Annotated[
        bool, typer.Option("--docker", help="Dockerfile and .dockerignore (the default when nothing is chosen).")
    ] = False,
    compose: Annotated[bool, typer.Option("--compose", help="A compose file.")] = False,
    k8s: Annotated[bool, typer.Option("--k8s", help="Kubernetes manifests.")] = False,
    systemd: Annotated[bool, typer.Option("--systemd", help="A systemd unit.")] = False,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to (default: this one).")] = Path(),
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite files that exist.")] = False,
) -> None:
    """Write what puts the application into a container, a cluster or a service manager.

    The files follow the effective configuration; secrets are named in them, never written.
    """
    from fluxlit_cli.application import load_application  # noqa: PLC0415 -- heavy, and --help must not wait for it
    from fluxlit_cli.packaging import files  # noqa: PLC0415 -- only this command needs it
    from fluxlit_cli.packaging.plan import plan_of  # noqa: PLC0415 -- as above

    name = resolve_target(target, load_project_config())
    plan = plan_of(load_application(name).settings, target=name, folder=Path.cwd())
    kinds = {
        files.container_files: docker or not (compose or k8s or systemd),
        files.compose_files: compose,
        files.kubernetes_files: k8s,
        files.systemd_files: systemd,
    }
    texts = {path: text for kind, wanted in kinds.items() if wanted for path, text in kind(plan).items()}
    for path in files.write_files(texts, output, force=force):
        say(f"Wrote {path}")


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Folder of the project.", show_default=False)],
    *,
    profile: Annotated[Profile, typer.Option("--profile", help="What the project begins with.")] = Profile.MINIMAL,
) -> None:
    """Create a project that runs, tests, lints and type-checks: an API route, a page and their tests."""
    create_project(Path(name), profile)
    say(f"Created {name} (profile {profile.value}). Next: cd {name} && fluxlit dev")
