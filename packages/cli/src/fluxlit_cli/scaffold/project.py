"""Makes the folder of a new project, and never touches one that exists."""

from enum import StrEnum
from pathlib import Path

from fluxlit_cli.errors import CliError
from fluxlit_cli.packaging.files import (
    compose_files,
    container_files,
    kubernetes_files,
    render,
    systemd_files,
    write_files,
)
from fluxlit_cli.packaging.plan import PackagingPlan, service_name

__all__ = ("Profile", "create_project")


class Profile(StrEnum):
    """What the project begins with."""

    MINIMAL = "minimal"
    AUTH_READY = "auth-ready"
    DEPLOY = "deploy"
    FULL = "full"


def create_project(folder: Path, profile: Profile) -> list[Path]:
    """Write the project's files into ``folder``, which must not exist.

    Raises:
        CliError: It exists, or cannot be written.
    """
    if folder.exists():
        raise CliError(f"{str(folder)!r} exists already; nothing was written. Choose another name.")
    plan = PackagingPlan(name=service_name(folder.name), target="app:app")
    values = {"name": plan.name, "title": folder.name.replace("-", " ").replace("_", " ").title(), "profile": profile}
    texts = {
        "app.py": _render(f"{profile}/app.py.tmpl", values),
        "tests/test_app.py": _render(f"{profile}/test_app.py.tmpl", values),
        "fluxlit.toml": _render(f"{profile}/fluxlit.toml.tmpl", values),
        "pyproject.toml": _render("pyproject.toml.tmpl", values),
        "README.md": _render("README.md.tmpl", values),
        ".gitignore": _render("gitignore.tmpl", values),
    }
    if profile in {Profile.DEPLOY, Profile.FULL}:
        texts |= {**container_files(plan), **compose_files(plan)}
    if profile is Profile.FULL:
        texts |= {**kubernetes_files(plan), **systemd_files(plan), ".env.example": _render("env.example.tmpl", values)}
    return write_files(texts, folder, force=False)


def _render(template: str, values: dict[str, str]) -> str:
    return render(template, values, package="fluxlit_cli.scaffold")
