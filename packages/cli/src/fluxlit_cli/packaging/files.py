"""Renders the files and writes them, all or none."""

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from fluxlit_cli.errors import CliError
from fluxlit_cli.packaging.plan import PackagingPlan

__all__ = ("Kind", "compose_files", "container_files", "kubernetes_files", "render", "systemd_files", "write_files")

Kind = Callable[[PackagingPlan], Mapping[str, str]]


def render(template: str, values: Mapping[str, str], *, package: str = "fluxlit_cli.packaging") -> str:
    """The text of a template of ``package``; every placeholder must have a value."""
    text = (files(package) / "templates" / template).read_text(encoding="utf-8")
    return Template(text).substitute(values)


def _values(plan: PackagingPlan) -> dict[str, str]:
    requirements = "COPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\n\n"
    return {
        "name": plan.name,
        "target": plan.target,
        "target_json": json.dumps(plan.target),
        "port": str(plan.port),
        "api_path": plan.api_path,
        "stop_seconds": str(plan.stop_seconds),
        "requirements": requirements if plan.has_requirements else "",
        "dockerfile_environment": "".join(
            f" \\\n    {name}={json.dumps(value)}" for name, value in plan.environment.items()
        ),
    }


def container_files(plan: PackagingPlan) -> Mapping[str, str]:
    """Dockerfile and its ignore list."""
    values = _values(plan)
    return {
        "Dockerfile": render("Dockerfile.tmpl", values),
        ".dockerignore": render("dockerignore.tmpl", {}),
    }


def compose_files(plan: PackagingPlan) -> Mapping[str, str]:
    """A compose file, with Redis beside the application when sessions are kept there."""
    environment = {"FLUXLIT_GATEWAY_HOST": "0.0.0.0", **plan.environment}  # noqa: S104 -- inside the container
    lines = [f"      {name}: {json.dumps(value)}" for name, value in environment.items()]
    # Compose takes these from the environment of whoever starts it, and refuses to start without.
    lines += [f"      {name}: ${{{name}:?set {name}}}" for name in plan.secrets]
    values = {
        **_values(plan),
        "environment": "\n".join(lines),
        "depends": "    depends_on:\n      - redis\n" if plan.redis else "",
        "redis": render("compose-redis.yaml.tmpl", {}) if plan.redis else "",
    }
    return {"compose.yaml": render("compose.yaml.tmpl", values)}


def kubernetes_files(plan: PackagingPlan) -> Mapping[str, str]:
    """Deployment, Service, ConfigMap and PodDisruptionBudget."""
    configuration = {"FLUXLIT_GATEWAY_HOST": "0.0.0.0", **plan.environment}  # noqa: S104 -- inside the container
    values = {
        **_values(plan),
        "configuration": "\n".join(f"  {name}: {json.dumps(value)}" for name, value in configuration.items()),
        "secrets": "".join(
            f"            - name: {name}\n"
            f"              valueFrom:\n                secretKeyRef:\n"
            f"                  name: {plan.name}-secrets\n                  key: {name}\n"
            for name in plan.secrets
        )
        or "            []\n",
        "secret_hint": ", ".join(plan.secrets) or "none",
    }
    return {f"k8s/{plan.name}.yaml": render("k8s.yaml.tmpl", values)}


def systemd_files(plan: PackagingPlan) -> Mapping[str, str]:
    """A systemd unit."""
    lines = [f"Environment={json.dumps(f'{name}={value}')}" for name, value in plan.environment.items()]
    values = {
        **_values(plan),
        "environment": "".join(f"{line}\n" for line in lines),
        "secret_hint": ", ".join(plan.secrets) or "none",
    }
    return {f"{plan.name}.service": render("service.tmpl", values)}


def write_files(texts: Mapping[str, str], folder: Path, *, force: bool) -> list[Path]:
    """Write all files below ``folder``, or none.

    Raises:
        CliError: One of them exists and ``force`` is off, or the folder cannot be written to.
    """
    paths = {folder / name: text for name, text in texts.items()}
    there = [str(path) for path in paths if path.exists()]
    if there and not force:
        raise CliError(f"{', '.join(there)} exists already; nothing was written. Overwrite with --force.")
    try:
        for path, text in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CliError(f"Cannot write {error.filename!r}: {error.strerror}. Choose another folder.") from error
    return list(paths)
