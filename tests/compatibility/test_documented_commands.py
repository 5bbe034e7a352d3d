"""The commands of 0.13.2: their options, exit codes, files, and the JSON that scripts read."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from fluxlit_cli.main import app

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

SERVING = """--host --port --log-level --proxy-headers --no-proxy-headers --forwarded-allow-ips --pidfile --no-pidfile
    --workbench --debug"""
OPTIONS = {
    "dev": f"{SERVING} --reload --no-reload --reload-scope",
    "run": SERVING,
    "workbench": "--host --port --log-level --forwarded-allow-ips --pidfile --no-pidfile --debug",
    "shutdown": "--pidfile --force -f --wait",
    "doctor": "--warnings-only --json --verbose -v --check-pages --strict",
    "config": "--json --strict",
    "build": "--output -o --force -f",
    "new": "--profile",
    "pages manifest": "--target",
    "pages validate": "--target --strict",
}
APP = """
from fluxlit import FluxLit

app = FluxLit(title="Portal")


@app.api.get("/users")
def users() -> list[str]:
    return ["Ada"]


@app.page("/")
def home(st, client):
    st.title("Portal")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


@pytest.mark.parametrize("command", OPTIONS)
def test_each_documented_option_is_offered(command: str) -> None:
    shown = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200", "TERM": "dumb"})

    assert shown.exit_code == 0
    offered = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", shown.output))
    assert set(OPTIONS[command].split()) <= offered


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 2),
        (["nothing"], 2),
        (["run", "--nothing"], 2),
        (["new", "x", "--profile", "nothing"], 2),
        (["dev", "--reload", "--reload-scope", "everything"], 2),
        (["shutdown"], 2),
    ],
)
def test_what_cannot_be_done_has_its_documented_exit_code(
    arguments: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert CliRunner().invoke(app, arguments).exit_code == code


def test_doctors_report_has_the_documented_shape(fluxlit: Run, folder: Path) -> None:
    env = {"FLUXLIT_GATEWAY_PORT": "0", "FLUXLIT_JWT_HS256_SECRET": "hidden", "FLUXLIT_ROOT_PATH": "/apps/p"}
    done = fluxlit("doctor", "--json", "-v", cwd=folder, env=env)

    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert "hidden" not in done.stdout
    assert (report["status"], report["target"], report["warnings_only"]) == ("warn", "app:app", False)
    assert all(each.keys() >= {"name", "status", "detail"} for each in report["checks"])
    assert {"fluxlit_auth_extra", "proxy_headers", "pages_validate"} <= {each["name"] for each in report["checks"]}
    verbose = report["verbose"]
    assert verbose["resolved_target"] == "app:app"
    assert verbose["settings_redacted"]["jwt_hs256_secret"] == "[REDACTED]"
    documented = {
        "effective": """api_mount_path public_mount_path gateway_bind internal_api_base_derived internal_api_base_env
            public_base_url trust_proxy forwarded_allow_ips url_session_query_param url_session_fluxlit_tests
            url_session_force_in_tests url_session_disabled""",
        "openapi": "openapi_url docs_url redoc_url",
        "extras": "pyjwt_available prometheus_client_available streamlit_apptest_version_ok",
        "streamlit_sidecar": "fluxlit_managed_runtime upstream_file_set upstream_url_set",
        "gateway_proxy": """upstream_connect_timeout_s upstream_read_timeout_s ws_open_timeout_s
            max_proxy_request_body_bytes max_concurrent_upstream_http forward_client_headers_http""",
    }
    for part, names in documented.items():
        assert set(names.split()) <= set(verbose[part]), part
    assert verbose["streamlit_sidecar"]["fluxlit_managed_runtime"] is True
    assert "project_defaults" in verbose


def test_a_failure_is_a_warning_when_only_warnings_are_wanted(fluxlit: Run, tmp_path: Path) -> None:
    done = fluxlit("doctor", "--json", "--warnings-only", cwd=tmp_path)

    report = json.loads(done.stdout)
    assert (done.returncode, report["status"], report["warnings_only"]) == (0, "warn", True)
    assert {each["name"] for each in report["checks"] if each["status"] == "FAIL"} == {"import_target"}


def test_doctors_lines_are_padded_and_have_no_other_form(fluxlit: Run, folder: Path) -> None:
    done = fluxlit("doctor", cwd=folder, env={"FLUXLIT_GATEWAY_PORT": "0", "FLUXLIT_ROOT_PATH": "/apps/p"})

    lines = [line for line in done.stdout.splitlines() if line[:1].isupper()]
    assert lines
    assert all(re.match(r"(PASS|WARN|FAIL)  [\w.]+: ", line) for line in lines)


WARNED_OF = {
    "internal_api_base_mismatch",
    "forwarded_allow_ips_broad",
    "public_base_url_path_mismatch",
    "cors_without_security_headers",
    "gateway_forward_blocked_names",
    "gateway_max_body_unlimited_trust_proxy",
}


def test_configs_report_has_the_documented_shape_and_codes(fluxlit: Run, folder: Path) -> None:
    (folder / "fluxlit.toml").write_text('target = "app:app"\nlog_level = "warning"\n')
    env = {
        "FLUXLIT_TRUST_PROXY": "1",
        "FLUXLIT_FORWARDED_ALLOW_IPS": "*",
        "FLUXLIT_ROOT_PATH": "/a",
        "FLUXLIT_PUBLIC_BASE_URL": "https://h.example/b",
        "FLUXLIT_CORS_ALLOW_ORIGINS": "https://x.example",
        "FLUXLIT_GATEWAY_FORWARD_CLIENT_HEADERS_TO_STREAMLIT": "x-team,cookie",
        "FLUXLIT_INTERNAL_API_BASE": "http://127.0.0.1:1/api",
        "FLUXLIT_CORS_MIDDLEWARE_KWARGS": '{"my_token": "hidden"}',
    }
    done = fluxlit("config", "--json", cwd=folder, env=env)

    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == 0
    assert done.stdout.startswith('{\n  "target": "app:app"')
    assert {"target", "binding", "project_file", "computed", "settings", "warnings"} <= set(report)
    assert report["binding"] == {"host": "127.0.0.1", "port": 8000, "log_level": "warning"}
    assert report["project_file"]["target"] == "app:app"
    assert report["computed"] == {
        "public_mount_path": "/a",
        "derived_internal_api_base": "http://127.0.0.1:8000/api",
        "ambient_internal_api_base": "http://127.0.0.1:1/api",
    }
    assert report["settings"]["cors_middleware_kwargs"] == {"my_token": "[REDACTED]"}
    assert {each["code"] for each in report["warnings"]} == WARNED_OF
    assert {each["level"] for each in report["warnings"]} == {"warn"}
    assert all(set(each) >= {"level", "code", "message", "doc"} for each in report["warnings"])


def test_build_writes_a_container_and_never_over_anything(fluxlit: Run, folder: Path) -> None:
    assert fluxlit("build", "app:app", "-o", "out/image", cwd=folder).returncode == 0
    dockerfile = (folder / "out" / "image" / "Dockerfile").read_text()
    ignored = (folder / "out" / "image" / ".dockerignore").read_text().splitlines()

    for part in ("FROM ", "WORKDIR /app", "FLUXLIT_GATEWAY_HOST=0.0.0.0", "EXPOSE 8000", "USER "):
        assert part in dockerfile
    command = re.search(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    assert command is not None
    assert json.loads(command[1])[:3] == ["fluxlit", "run", "app:app"]
    assert {".git", ".venv", ".env"} <= {line.rstrip("/").removeprefix("**/") for line in ignored}
    again = fluxlit("build", "-o", "out/image", cwd=folder)
    assert (again.returncode, bool(again.stderr.strip())) == (1, True)
    assert fluxlit("build", "-o", "out/image", "--force", cwd=folder).returncode == 0


@pytest.mark.parametrize(("profile", "route"), [("minimal", "/users"), ("auth-ready", "/public"), ("deploy", "/items")])
def test_new_writes_the_documented_files_of_each_profile(profile: str, route: str, tmp_path: Path) -> None:
    runner = CliRunner()
    place = tmp_path / "some" / "portal"
    made = runner.invoke(app, ["new", os.fspath(place), "--profile", profile])

    assert made.exit_code == 0, made.output
    assert 'target = "app:app"' in (place / "fluxlit.toml").read_text()
    written = (place / "app.py").read_text()
    assert route in written
    assert "__main__" in written
    assert profile in made.output
    assert runner.invoke(app, ["new", os.fspath(place)]).exit_code == 1


def test_pages_are_printed_and_validated(fluxlit: Run, folder: Path) -> None:
    printed = fluxlit("pages", "manifest", "--target", "app:app", cwd=folder)
    assert printed.returncode == 0
    assert printed.stdout.startswith('{\n  "manifest_version": 1')
    assert [page["path"] for page in json.loads(printed.stdout)["pages"]] == ["/"]

    strict = fluxlit("pages", "validate", "--strict", cwd=folder)
    assert (strict.returncode, strict.stdout) == (0, "")
    (folder / "app.py").write_text(APP + "\n\n@app.page('/b')\ndef b(st, x): ...\n")
    wrong = fluxlit("pages", "validate", "--strict", cwd=folder)
    assert wrong.returncode == 1
    assert len(wrong.stdout.splitlines()) == 1
    assert "'x'" in wrong.stdout
