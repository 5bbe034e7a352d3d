"""The commands that look at an application, on a real one."""

from __future__ import annotations

import json
import signal
import urllib.request
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

pytestmark = pytest.mark.usefixtures("real")

APP = """
from fluxlit import FluxLit

app = FluxLit(title="Real")


@app.api.get("/users")
def users() -> list[str]:
    return ["Ada"]


@app.page("/", title="Home")
def home(st, client):
    st.write("hello")
"""


@pytest.fixture
def real(folder: Path) -> Path:
    """A folder with a real application in app.py."""
    (folder / "app.py").write_text(APP, encoding="utf-8")
    return folder


def test_config_shows_each_value_with_its_origin(run: Run, real: Path) -> None:
    (real / "fluxlit.toml").write_text("sidecars = 3\n", encoding="utf-8")
    command = run("config", "--json", FLUXLIT_GATEWAY_PORT="9999", FLUXLIT_JWT_HS256_SECRET="hidden-value")
    assert command.end() == 0
    payload = json.loads(command.text)
    assert payload["binding"] == {"host": "127.0.0.1", "port": 9999, "log_level": "info"}
    assert payload["project_file"] == {"path": "fluxlit.toml", "sidecars": 3}
    assert payload["computed"]["derived_internal_api_base"] == "http://127.0.0.1:9999/api"
    assert payload["origins"]["gateway_port"] == "environment FLUXLIT_GATEWAY_PORT"
    assert payload["origins"]["sidecars"] == "fluxlit.toml, line 1"
    assert payload["settings"]["jwt_hs256_secret"] == "[REDACTED]"
    assert "hidden-value" not in command.text


def test_config_for_people_shows_origins_too(run: Run) -> None:
    command = run("config", FLUXLIT_GATEWAY_PORT="9999", FLUXLIT_SESSION_STORE="redis://:hidden-value@host")
    assert command.end() == 0
    assert "9999  (environment FLUXLIT_GATEWAY_PORT)" in command.text
    assert "hidden-value" not in command.text


def test_c1_the_port_of_the_environment_is_used_whatever_a_scaffold_wrote(run: Run, folder: Path) -> None:
    assert run("new", "fresh").end() == 0
    command = run("config", "--json", cwd=folder / "fresh", FLUXLIT_GATEWAY_PORT="9999")
    assert command.end() == 0
    assert json.loads(command.text)["binding"]["port"] == 9999


def test_c3_the_documented_subpath_address_passes_strictly(run: Run) -> None:
    command = run(
        "config",
        "--strict",
        "--json",
        FLUXLIT_ROOT_PATH="/a",
        FLUXLIT_PUBLIC_BASE_URL="https://h/a",
        FLUXLIT_TRUST_PROXY="1",
        FLUXLIT_FORWARDED_ALLOW_IPS="10.0.0.1",
        FLUXLIT_GATEWAY_MAX_PROXY_REQUEST_BODY_BYTES="1000000",
    )
    assert command.end() == 0
    assert json.loads(command.text)["warnings"] == []


def test_config_exits_with_1_on_errors_and_strictly_on_warnings(run: Run) -> None:
    bad = run("config", "--json", FLUXLIT_PUBLIC_BASE_URL="nonsense")
    assert bad.end() == 1
    assert [warning["code"] for warning in json.loads(bad.text)["warnings"]] == ["public_base_url_invalid"]
    odd = {"FLUXLIT_ROOT_PATH": "/a"}
    assert run("config", **odd).end() == 0
    strict = run("config", "--strict", **odd)
    assert strict.end() == 1
    assert "subpath_without_trust_proxy" in strict.text


CHECKS = [
    "python_version",
    "sys_path_head",
    "import_shadowing",
    "import_target",
    "import_module_file",
    "dependencies",
    "streamlit_version",
    "gateway_bind",
    "FLUXLIT_INTERNAL_API_BASE",
    "jwt_clock_skew",
    "config.api_mount_path",
    "config.url_session",
    "config.root_path",
    "config.trust_proxy",
    "config.public_base_url",
    "readiness_route",
    "l7_websocket",
    "gateway_upstream_timeouts",
]


def test_doctor_runs_its_checks_in_order(run: Run) -> None:
    # Whether the environment of the tests is compiled is no matter here.
    command = run("doctor", "--json", FLUXLIT_GATEWAY_PORT="0", PYTHONDONTWRITEBYTECODE="")
    assert command.end() == 0, command.text
    report = json.loads(command.text)
    assert (report["status"], report["target"], report["warnings_only"]) == ("pass", "app:app", False)
    assert [check["name"] for check in report["checks"]] == CHECKS
    assert {check["status"] for check in report["checks"]} == {"PASS"}


def test_every_finding_of_doctor_has_a_remedy(run: Run) -> None:
    variables = {
        "PYTHONDONTWRITEBYTECODE": "",
        "FLUXLIT_GATEWAY_PORT": "0",
        "FLUXLIT_ROOT_PATH": "/a",
        "FLUXLIT_TRUST_PROXY": "1",
        "FLUXLIT_JWT_ISSUER": "me",
        "FLUXLIT_CORS_ALLOW_ORIGINS": "https://b",
        "FLUXLIT_ASYNC_PAGE_DEPENDS": "1",
        "FLUXLIT_EXPERIMENTAL_YIELD_PAGES": "1",
        "FLUXLIT_GATEWAY_UPSTREAM_READ_TIMEOUT_S": "2",
        "FLUXLIT_GATEWAY_FORWARD_CLIENT_HEADERS_TO_STREAMLIT": "x-a, cookie",
        "FLUXLIT_INTERNAL_API_BASE": "http://127.0.0.1:1/other",
        "FLUXLIT_STREAMLIT_UPSTREAM_FILE": "gone.txt",
    }
    command = run("doctor", "--json", "--check-pages", **variables)
    assert command.end() == 1
    checks = {check["name"]: check for check in json.loads(command.text)["checks"]}
    found = {name: check["status"] for name, check in checks.items() if check["status"] != "PASS"}
    assert found == {
        "FLUXLIT_INTERNAL_API_BASE": "WARN",
        "jwt_clock_skew": "WARN",
        "oauth_public_base_url": "WARN",
        "forwarded_allow_ips": "WARN",
        "gateway_max_proxy_body": "WARN",
        "gateway_upstream_timeouts": "WARN",
        "async_depends_streamlit": "WARN",
        "gateway_forward_client_headers": "WARN",
        "gateway_forward_rejected_names": "WARN",
        "streamlit_upstream_state": "FAIL",
        "security_headers": "WARN",
        "experimental_yield_pages": "WARN",
    }
    assert all(checks[name]["remedy"] for name in found)
    assert run("doctor", "--warnings-only", **variables).end() == 0


def test_doctor_counts_warnings_as_failures_when_strict(run: Run) -> None:
    command = run("doctor", "--strict", "--json", FLUXLIT_GATEWAY_PORT="0", FLUXLIT_ROOT_PATH="/a")
    assert command.end() == 1
    failed = [check["name"] for check in json.loads(command.text)["checks"] if check["status"] == "FAIL"]
    assert failed == ["oauth_public_base_url", "proxy_headers"]


def test_doctor_goes_on_without_an_application(run: Run, real: Path) -> None:
    (real / "app.py").write_text("raise RuntimeError('boom')\n", encoding="utf-8")
    command = run("doctor", "--json", "-v")
    assert command.end() == 1
    report = json.loads(command.text)
    assert report["verbose"] == {"resolved_target": "app:app", "import_failed": True}
    (failure,) = [check for check in report["checks"] if check["status"] == "FAIL"]
    assert failure["name"] == "import_target"
    assert "boom" in failure["detail"]


def test_doctor_names_a_module_that_hides_a_library(run: Run, real: Path) -> None:
    (real / "fluxlit.py").write_text("", encoding="utf-8")
    command = run("doctor", "--json")
    assert command.end() == 1
    checks = {check["name"]: check for check in json.loads(command.text)["checks"]}
    assert checks["import_shadowing"]["status"] == "WARN"
    assert "fluxlit.py" in checks["import_shadowing"]["detail"]


def test_doctor_verbose_shows_the_configuration_without_secrets(run: Run) -> None:
    command = run("doctor", "-v", "--json", FLUXLIT_GATEWAY_PORT="0", FLUXLIT_OIDC_BFF_SECRET="hidden-value")
    command.end()
    verbose = json.loads(command.text)["verbose"]
    assert verbose["pages"] == [{"path": "/", "title": "Home", "handler": "app.home"}]
    assert verbose["settings_redacted"]["oidc_bff_secret"] == "[REDACTED]"
    assert verbose["openapi"]["docs_url"] == "/docs"
    assert set(verbose) == {
        "resolved_target",
        "pages",
        "settings_redacted",
        "effective",
        "openapi",
        "extras",
        "streamlit_sidecar",
        "gateway_proxy",
        "project_defaults",
    }
    assert "hidden-value" not in command.text


def test_pages_are_described_and_validated(run: Run) -> None:
    command = run("pages", "manifest")
    assert command.end() == 0
    manifest = json.loads(command.text)
    assert set(manifest) == {"manifest_version", "manifest_stability", "title", "pages"}
    assert manifest["pages"][0]["path"] == "/"
    good = run("pages", "validate", "--target", "app:app")
    assert (good.end(), good.text) == (0, "")


def test_pages_validate_lists_problems(run: Run, real: Path) -> None:
    (real / "app.py").write_text(APP.replace("(st, client)", "(st, client, extra)"), encoding="utf-8")
    command = run("pages", "validate", "--strict")
    assert command.end() == 1
    assert "extra" in command.text


def test_c4_access_lines_are_written_when_asked_for(run: Run) -> None:
    server = run("run", "--port", "0", FLUXLIT_ENABLE_GATEWAY_ACCESS_LOG="1")
    address = server.line_with("API   ").split()[1].rstrip("/")
    server.line_with("Ctrl-C")
    with urllib.request.urlopen(f"{address}/users?fluxlit_sid=hidden-value", timeout=30) as answer:
        assert answer.read() == b'["Ada"]'
    assert "/api/users" in server.line_with("fluxlit.gateway")
    server.send(signal.SIGTERM)
    assert server.end() == 0
    assert "hidden-value" not in server.text


def test_a_real_application_starts_serves_its_ui_and_stops_without_leftovers(run: Run) -> None:
    server = run("run", "--port", "0")
    address = server.url()
    children = psutil.Process(server.process.pid).children(recursive=True)
    assert children
    status = run("status", "--json")
    assert status.end() == 0
    assert json.loads(status.text)["sidecars"][0]["state"] == "ready"
    probe = run("doctor", "--url", address, "--json")
    assert probe.end() == 0, probe.text
    checks = {check["name"]: check["status"] for check in json.loads(probe.text)["checks"]}
    assert {
        name: checks[name] for name in ("http", "readiness", "upload", "websocket", "forwarded_prefix")
    } == dict.fromkeys(("http", "readiness", "upload", "websocket", "forwarded_prefix"), "PASS")
    server.send(signal.SIGTERM)
    assert server.end() == 0
    assert "Traceback" not in server.text
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
