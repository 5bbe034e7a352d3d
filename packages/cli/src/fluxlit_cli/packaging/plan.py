"""What the generated files need to know about an application: never a secret's value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fluxlit_cli.configuration.redaction import MASK, redact_fluxlit_settings_dict

__all__ = ("PackagingPlan", "plan_of", "service_name")

_PORT = 8000
# What the files set themselves, in their own way.
_OWN = frozenset({"gateway_host", "gateway_port", "title"})


@dataclass(frozen=True, kw_only=True)
class PackagingPlan:
    """One application, as the generated files see it.

    Attributes:
        name: A name fit for images, services and clusters.
        target: ``module:attribute``.
        port: Port inside the container.
        api_path: Path of the API, for probes.
        environment: Settings that came from the environment here and go into the files.
        secrets: Variables whose values must come from a secret store.
        has_requirements: Whether there is a ``requirements.txt`` to install.
        redis: Whether sessions are kept in Redis.
        stop_seconds: What a graceful stop may take.
    """

    name: str
    target: str
    port: int = _PORT
    api_path: str = "/api"
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: tuple[str, ...] = ()
    has_requirements: bool = False
    redis: bool = False
    stop_seconds: int = 10


def plan_of(settings: Any, *, target: str, folder: Path) -> PackagingPlan:
    """The plan for the application whose settings these are.

    Settings of the project file are left out, as that file is part of what is packaged; those of this machine's
    environment are written down, secrets as names only.
    """
    dump = settings.model_dump(mode="python")
    masked = redact_fluxlit_settings_dict(dump)
    environment: dict[str, str] = {}
    secrets: list[str] = []
    for name, value in masked.items():
        origin = str(settings.origin_of(name)) if hasattr(settings, "origin_of") else "default"
        variable = f"FLUXLIT_{name.upper()}"
        if value == MASK:
            secrets.append(variable)
        elif name not in _OWN and origin.startswith(("environment", ".env", "flag")):
            environment[variable] = _as_text(value)
    store = dump.get("session_store")
    url = str(store.get_secret_value()) if hasattr(store, "get_secret_value") else str(store or "")
    grace = settings.uvicorn_graceful_shutdown_timeout_s
    return PackagingPlan(
        name=service_name(folder.resolve().name),
        target=target,
        port=settings.gateway_port or _PORT,
        api_path=str(settings.api_mount_path).rstrip("/"),
        environment=environment,
        secrets=tuple(secrets),
        has_requirements=(folder / "requirements.txt").is_file(),
        redis=url.startswith("redis"),
        stop_seconds=int((3 if grace is None else grace) + settings.sidecar_stop_timeout_s + 5),
    )


def service_name(text: str) -> str:
    """A DNS label (RFC 1123) made of ``text``."""
    label = re.sub(r"[^a-z0-9-]+", "-", text.lower()).strip("-")[:50].strip("-")
    return label or "fluxlit-app"


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType] -- any JSON
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
