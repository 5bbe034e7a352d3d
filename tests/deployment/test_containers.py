"""The Dockerfile, the Compose file and the systemd unit."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from pathlib import Path


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", " ", dockerfile)
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def stages(found: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    result: list[list[tuple[str, str]]] = []
    for name, text in found:
        if name == "FROM":
            result.append([])
        if result:
            result[-1].append((name, text))
    return result


def test_the_image_has_no_tools_and_runs_without_rights(examples: Path, settings_of: Any) -> None:
    found = instructions((examples / "container" / "Dockerfile").read_text("utf-8"))
    *_, build, final = stages(found)
    by_name = dict(final)

    assert any("uv sync --frozen --no-dev" in text for name, text in build if name == "RUN")
    # uv, its cache and the index's address stay in the stage that builds.
    assert not any("uv " in text or "pip" in text for _, text in final)
    assert by_name["USER"] == "10001:10001"
    assert json.loads(by_name["CMD"]) == ["fluxlit", "run", "app:app", "--no-pidfile"]
    assert by_name["STOPSIGNAL"] == "SIGTERM"
    settings = settings_of(pair.split("=", 1) for pair in shlex.split(by_name["ENV"]))
    assert (settings.gateway_host, by_name["EXPOSE"]) == ("0.0.0.0", str(settings.gateway_port))
    images = [text.partition("=")[2] for name, text in found if name == "ARG"]
    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []


def test_what_must_not_get_into_an_image_is_ignored(examples: Path) -> None:
    ignored = (examples / "container" / ".dockerignore").read_text("utf-8").split()

    assert {".env", ".git", ".venv"} <= set(ignored)


def test_compose_wires_redis_and_the_proxy(examples: Path, settings_of: Any) -> None:
    compose = yaml.safe_load((examples / "container" / "compose.yaml").read_text("utf-8"))
    services = compose["services"]
    portal = services["portal"]
    (subnet,) = [each["subnet"] for each in compose["networks"]["inside"]["ipam"]["config"]]
    settings = settings_of(portal["environment"].items())

    assert settings.session_store.get_secret_value().startswith("redis://redis:")
    # Only the proxy's network is believed, and nothing but the proxy has a port on the host.
    assert settings.forwarded_allow_ips == subnet
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    grace = int(portal["stop_grace_period"].removesuffix("s"))
    stopping = settings.uvicorn_graceful_shutdown_timeout_s + settings.sidecar_stop_timeout_s
    assert grace > settings.shutdown_delay_s + stopping
    for service in services.values():
        assert set(service.get("depends_on", {})) <= services.keys()
        assert not str(service.get("image", "x:1")).endswith(":latest")


def test_the_unit_stops_in_time_and_its_settings_exist(examples: Path, settings_of: Any) -> None:
    text = (examples / "systemd" / "portal.service").read_text("utf-8")
    unit = configparser.RawConfigParser(strict=False)
    unit.read_string(text)
    service = unit["Service"]
    pairs = [pair for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE) for pair in shlex.split(line)]
    settings = settings_of(pair.split("=", 1) for pair in pairs)

    assert (service["type"], service["notifyaccess"]) == ("notify", "main")
    assert settings.session_store.get_secret_value() == "sqlite:////var/lib/portal/sessions.db"
    stopping = settings.uvicorn_graceful_shutdown_timeout_s + settings.sidecar_stop_timeout_s
    assert int(service["timeoutstopsec"]) > settings.shutdown_delay_s + stopping


def test_systemd_finds_no_fault_and_little_exposure(examples: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed here")
    unit = str(examples / "systemd" / "portal.service")

    verified = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False, timeout=60
    )
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", unit], capture_output=True, text=True, check=False, timeout=60
    )

    complaints = [line for line in verified.stderr.splitlines() if line and "is not executable" not in line]
    assert complaints == []
    level = re.search(r"Overall exposure level for portal\.service: ([0-9.]+)", judged.stdout)
    assert level is not None, judged.stdout
    assert float(level[1]) < 2.5
