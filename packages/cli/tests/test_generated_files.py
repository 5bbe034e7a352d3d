"""The files that `build` and `new` write, checked without a network."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
import yaml

from fluxlit_cli.packaging.files import compose_files, container_files, kubernetes_files, systemd_files, write_files
from fluxlit_cli.packaging.plan import PackagingPlan, service_name

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

PROFILES = ["minimal", "auth-ready", "deploy", "full"]

PLAN = PackagingPlan(
    name="shop",
    target="app:app",
    port=9000,
    api_path="/v1",
    environment={"FLUXLIT_SIDECARS": "4", "FLUXLIT_TITLE_TEXT": 'quo"ted $HOME: #x'},
    secrets=("FLUXLIT_JWT_HS256_SECRET",),
    redis=True,
)


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """Each instruction of a Dockerfile with its arguments."""
    joined = re.sub(r"\\\n\s*", " ", dockerfile)
    lines = [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def test_the_dockerfile_runs_the_application_as_a_user_without_rights() -> None:
    found = instructions(container_files(PLAN)["Dockerfile"])
    names = [name for name, _ in found]
    assert set(names) <= {
        "ARG",
        "FROM",
        "ENV",
        "RUN",
        "WORKDIR",
        "COPY",
        "USER",
        "EXPOSE",
        "STOPSIGNAL",
        "HEALTHCHECK",
        "CMD",
    }
    by_name = dict(found)
    assert by_name["USER"] == "appuser"
    assert by_name["WORKDIR"] == "/app"
    assert by_name["EXPOSE"] == "9000"
    assert json.loads(by_name["CMD"]) == ["fluxlit", "run", "app:app", "--no-pidfile"]
    assert "FLUXLIT_GATEWAY_HOST=0.0.0.0" in by_name["ENV"]
    assert 'FLUXLIT_SIDECARS="4"' in by_name["ENV"]
    assert "http://127.0.0.1:9000/v1/healthz" in by_name["HEALTHCHECK"]
    # What hadolint would say: no latest tag, no pip cache, everything installed before the last USER.
    assert not re.search(r"FROM \S+:latest", container_files(PLAN)["Dockerfile"])
    assert all("--no-cache-dir" in text for name, text in found if name == "RUN" and "pip install" in text)
    assert names.index("USER") > max(index for index, name in enumerate(names) if name == "RUN")
    assert "SECRET" not in container_files(PLAN)["Dockerfile"]


def test_the_ignore_list_keeps_secrets_and_environments_out() -> None:
    ignored = set(container_files(PLAN)[".dockerignore"].split())
    assert {".env", ".git", ".venv", "venv", "dist", "build", "**/__pycache__"} <= ignored


def test_requirements_are_installed_before_the_code_is_copied() -> None:
    plan = PackagingPlan(name="x", target="app:app", has_requirements=True)
    text = container_files(plan)["Dockerfile"]
    assert text.index("-r requirements.txt") < text.index("COPY --chown=appuser:appuser . .")


def test_the_compose_file_asks_for_secrets_and_brings_redis() -> None:
    compose: dict[str, Any] = yaml.safe_load(compose_files(PLAN)["compose.yaml"])
    shop = compose["services"]["shop"]
    assert shop["ports"] == ["9000:9000"]
    assert shop["environment"]["FLUXLIT_SIDECARS"] == "4"
    assert (
        shop["environment"]["FLUXLIT_JWT_HS256_SECRET"] == "${FLUXLIT_JWT_HS256_SECRET:?set FLUXLIT_JWT_HS256_SECRET}"
    )
    assert shop["depends_on"] == ["redis"]
    assert set(compose["services"]) == {"shop", "redis"}
    assert set(compose["volumes"]) == {"redis-data"}


def test_the_manifests_probe_the_right_routes_and_run_without_rights() -> None:
    documents: list[dict[str, Any]] = list(yaml.safe_load_all(kubernetes_files(PLAN)["k8s/shop.yaml"]))
    by_kind = {document["kind"]: document for document in documents}
    assert set(by_kind) == {"ConfigMap", "Deployment", "Service", "PodDisruptionBudget"}
    assert all(document["metadata"]["name"] == "shop" for document in documents)
    assert by_kind["ConfigMap"]["data"]["FLUXLIT_TITLE_TEXT"] == 'quo"ted $HOME: #x'
    assert all(isinstance(value, str) for value in by_kind["ConfigMap"]["data"].values())
    pod = by_kind["Deployment"]["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    probes = {kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")}
    assert probes == {"startup": "/v1/startupz", "liveness": "/v1/healthz", "readiness": "/v1/readyz"}
    assert container["ports"] == [{"name": "http", "containerPort": 9000}]
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
    assert pod["spec"]["enableServiceLinks"] is False
    (secret,) = container["env"]
    assert secret["valueFrom"]["secretKeyRef"] == {"name": "shop-secrets", "key": "FLUXLIT_JWT_HS256_SECRET"}
    labels = pod["metadata"]["labels"]
    assert by_kind["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert by_kind["Service"]["spec"]["selector"] == labels
    assert by_kind["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels


@pytest.mark.parametrize("plan", [PLAN, PackagingPlan(name="x", target="app:app")], ids=["everything", "the least"])
def test_the_manifests_fit_the_schemas_of_kubernetes(plan: PackagingPlan) -> None:
    for document in yaml.safe_load_all(kubernetes_files(plan)[f"k8s/{plan.name}.yaml"]):
        kubernetes_validate.validate(document, "1.31.0", strict=True)


def test_manifests_without_secrets_are_valid_too() -> None:
    plan = PackagingPlan(name="x", target="app:app")
    documents: list[dict[str, Any]] = list(yaml.safe_load_all(kubernetes_files(plan)["k8s/x.yaml"]))
    (container,) = documents[1]["spec"]["template"]["spec"]["containers"]
    assert container["env"] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_the_unit_passes_systemd_s_own_check(tmp_path: Path) -> None:
    text = systemd_files(PLAN)["shop.service"]
    assert "Type=notify" in text
    assert r'Environment="FLUXLIT_TITLE_TEXT=quo\"ted $HOME: #x"' in text
    # The checker wants the program and the folder to exist.
    text = text.replace("/opt/shop/.venv/bin/fluxlit", "/bin/true").replace(
        "WorkingDirectory=/opt/shop", "WorkingDirectory=/"
    )
    unit = tmp_path / "shop.service"
    unit.write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(unit)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "shop.service" not in done.stderr, done.stderr


def test_files_are_written_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "two").write_text("mine", encoding="utf-8")
    with pytest.raises(Exception, match="nothing was written") as caught:
        write_files({"one": "1", "two": "2"}, tmp_path, force=False)
    assert "two" in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["two"]
    write_files({"one": "1", "two": "2"}, tmp_path, force=True)
    assert (tmp_path / "two").read_text(encoding="utf-8") == "2"


@pytest.mark.parametrize(
    ("text", "name"),
    [("My Shop", "my-shop"), ("a_b", "a-b"), ("--", "fluxlit-app"), ("É", "fluxlit-app"), ("x" * 90, "x" * 50)],
)
def test_names_fit_everywhere(text: str, name: str) -> None:
    assert service_name(text) == name


def test_build_follows_the_effective_configuration(run: Run, folder: Path) -> None:
    (folder / "app.py").write_text("from fluxlit import FluxLit\napp = FluxLit()\n", encoding="utf-8")
    (folder / "fluxlit.toml").write_text("gateway_port = 9001\nsidecars = 3\n", encoding="utf-8")
    variables = {"FLUXLIT_LOG_FORMAT": "json", "FLUXLIT_SESSION_STORE": "redis://:hidden-value@r:6379/0"}
    command = run("build", "--docker", "--compose", "--k8s", "--systemd", "-o", "out", **variables)
    assert command.end() == 0, command.text
    texts = {path.name: path.read_text(encoding="utf-8") for path in (folder / "out").rglob("*") if path.is_file()}
    assert {"Dockerfile", ".dockerignore", "compose.yaml"} < set(texts)
    assert all("hidden-value" not in text for text in texts.values())
    assert "EXPOSE 9001" in texts["Dockerfile"]
    assert 'FLUXLIT_LOG_FORMAT="json"' in texts["Dockerfile"]
    assert "FLUXLIT_SIDECARS" not in texts["Dockerfile"]
    assert "redis" in yaml.safe_load(texts["compose.yaml"])["services"]
    again = run("build", "-o", "out", **variables)
    assert again.end() == 1
    assert "--force" in again.text
    assert run("build", "-o", "out", "--force", **variables).end() == 0


def test_build_writes_the_dockerfile_alone_unless_told(run: Run, folder: Path) -> None:
    (folder / "app.py").write_text("from fluxlit import FluxLit\napp = FluxLit()\n", encoding="utf-8")
    assert run("build").end() == 0
    written = {path.name for path in folder.iterdir()} - {"app.py", "__pycache__"}
    assert written == {"Dockerfile", ".dockerignore"}


def test_new_never_overwrites(run: Run, folder: Path) -> None:
    (folder / "taken").mkdir()
    command = run("new", "taken")
    assert command.end() == 1
    assert "'taken' exists already" in command.text
    assert list((folder / "taken").iterdir()) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_a_new_project_lints_type_checks_and_passes_its_tests(
    run: Run, folder: Path, environ: dict[str, str], profile: str
) -> None:
    command = run("new", "deep/my-project", "--profile", profile)
    assert command.end() == 0
    (line,) = command.lines
    assert "deep/my-project" in line
    assert profile in line
    project = folder / "deep" / "my-project"
    assert tomllib.loads((project / "fluxlit.toml").read_text(encoding="utf-8"))["target"] == "app:app"
    for tool in (
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["pyright", "--pythonpath", sys.executable, "."],
        ["pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", *tool],
            cwd=project,
            env=environ,
            capture_output=True,
            text=True,
            timeout=170,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("profile", PROFILES)
def test_a_new_project_runs(run: Run, folder: Path, profile: str) -> None:
    assert run("new", "my-project", "--profile", profile).end() == 0
    server = run("run", "--port", "0", "--sidecars", "1", cwd=folder / "my-project")
    server.url()
    server.send(signal.SIGTERM)
    assert server.end() == 0, server.text
    assert "Traceback" not in server.text
