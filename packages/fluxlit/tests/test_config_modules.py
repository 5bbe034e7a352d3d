"""The documented module paths of settings and configuration."""

from pathlib import Path

import pytest

from fluxlit.config import ProjectConfig, load_project_config, resolve_binding, resolve_target
from fluxlit.config.config_print import (
    build_config_payload,
    collect_configuration_warnings,
    project_file_mount_warnings,
    project_file_snapshot,
    redact_fluxlit_settings_dict,
)
from fluxlit.settings import FluxlitSettings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)


def codes(**arguments: object) -> list[str]:
    settings = FluxlitSettings(**arguments)
    return [warning.code for warning in collect_configuration_warnings(settings, {})]


def test_the_documented_names_are_there() -> None:
    import fluxlit.config.project

    assert set(fluxlit.config.__all__) >= {"FluxlitSettings", "JsonValue", "ProjectConfig", "resolve_target"}
    assert fluxlit.config.project.load_project_config is load_project_config
    assert fluxlit.config.FluxlitSettings is FluxlitSettings


def test_the_target_is_the_command_line_s_then_the_file_s_then_the_usual_one() -> None:
    assert resolve_target("a:b", ProjectConfig(target="c:d")) == "a:b"
    assert resolve_target(None, ProjectConfig(target="c:d")) == "c:d"
    assert resolve_target(None, ProjectConfig()) == "app:app"
    assert resolve_target(None, None) == "app:app"


def binding(pc: ProjectConfig | None, *, cli_port: int | None = None, port: int = 8000) -> tuple[str, int, str]:
    return resolve_binding(
        cli_host=None,
        cli_port=cli_port,
        cli_log_level="debug",
        pc=pc,
        settings_gateway_host="127.0.0.1",
        settings_gateway_port=port,
        settings_log_level="info",
    )


def test_p8_port_0_of_the_command_line_stays_0() -> None:
    assert binding(ProjectConfig(gateway_port=9000), cli_port=0) == ("127.0.0.1", 0, "debug")


def test_c1_the_binding_of_the_settings_beats_the_project_file() -> None:
    assert binding(ProjectConfig(gateway_port=9000), port=9999) == ("127.0.0.1", 9999, "debug")
    assert binding(ProjectConfig(gateway_port=9000, gateway_host="::")) == ("::", 9000, "debug")


def test_the_project_file_is_read_leniently_for_hints(tmp_path: Path) -> None:
    assert load_project_config() is None
    file = tmp_path / "fluxlit.toml"
    file.write_text('target = "x:y"\ngateway_port = "18123"\nlog_level = 3\nroot_path = "/a"\n', encoding="utf-8")
    assert load_project_config() == ProjectConfig(target="x:y", gateway_port=18123, root_path="/a")
    file.write_text("gateway_port = true\n", encoding="utf-8")
    assert load_project_config(tmp_path) == ProjectConfig()
    file.write_text("not toml", encoding="utf-8")
    assert load_project_config() is None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, []),
        ({"root_path": "/a"}, ["oauth_public_base_url", "subpath_without_trust_proxy"]),
        ({"public_base_url": "nonsense"}, ["public_base_url_invalid"]),
        (
            {"public_base_url": "https://h/b", "root_path": "/a", "trust_proxy": True},
            ["gateway_max_body_unlimited_trust_proxy", "public_base_url_path_mismatch"],
        ),
        ({"public_base_url": "https://h/b"}, ["public_base_url_missing_api_prefix"]),
        ({"public_base_url": "https://h/b/api"}, []),
        (
            {"trust_proxy": True, "forwarded_allow_ips": "*", "gateway_max_proxy_request_body_bytes": 1},
            ["forwarded_allow_ips_broad"],
        ),
        ({"cors_allow_origins": ["https://x"]}, ["cors_without_security_headers"]),
        ({"enable_security_headers": True, "streamlit_page_config": {"csp": "x"}}, ["csp_with_security_headers"]),
        ({"gateway_forward_client_headers_to_streamlit": ["cookie"]}, ["gateway_forward_blocked_names"]),
    ],
)
def test_what_is_odd_has_a_code(arguments: dict[str, object], expected: list[str]) -> None:
    assert codes(**arguments) == expected


@pytest.mark.parametrize("root", ["/a", "a", "/a/"])
def test_c3_the_public_address_of_a_subpath_is_nothing_odd(root: str) -> None:
    found = codes(
        root_path=root,
        public_base_url="https://h/a",
        trust_proxy=True,
        forwarded_allow_ips="10.0.0.1",
        gateway_max_proxy_request_body_bytes=1,
    )
    assert found == []


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("nonsense", ["internal_api_base_invalid"]),
        ("http://127.0.0.1:8000/other", ["internal_api_base_path"]),
        ("http://127.0.0.1:9/api", ["internal_api_base_mismatch"]),
        ("http://127.0.0.1:8000/api", []),
        ("http+unix://%2Ftmp%2Fx/api", []),
    ],
)
def test_an_api_base_from_outside_is_looked_at(base: str, expected: list[str]) -> None:
    found = collect_configuration_warnings(FluxlitSettings(), {"FLUXLIT_INTERNAL_API_BASE": base})
    assert [warning.code for warning in found] == expected


def test_secrets_are_masked_wherever_they_are() -> None:
    settings = FluxlitSettings(jwt_hs256_secret="hidden", cors_middleware_kwargs={"x_token": "hidden", "max_age": 3})
    masked = redact_fluxlit_settings_dict(settings.model_dump())
    assert masked["jwt_hs256_secret"] == "[REDACTED]"
    assert masked["oidc_bff_secret"] == ""
    assert masked["cors_middleware_kwargs"] == {"x_token": "[REDACTED]", "max_age": 3}
    assert masked["cors_allow_credentials"] is False


def test_the_payload_has_the_documented_keys(tmp_path: Path) -> None:
    (tmp_path / "fluxlit.toml").write_text('target = "x:y"\n', encoding="utf-8")
    payload = build_config_payload(FluxlitSettings(), target="x:y")
    assert set(payload) == {"target", "binding", "project_file", "computed", "settings", "origins", "warnings"}
    assert project_file_snapshot() == {"path": "fluxlit.toml", "target": "x:y"}
    assert project_file_mount_warnings(project_file_snapshot()) == []
