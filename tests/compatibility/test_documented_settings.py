"""Settings as documented: names, defaults, formats, precedence, and what a strict start refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from fluxlit import FluxlitSettings

if TYPE_CHECKING:
    from pathlib import Path

DEFAULTS: dict[str, object] = {
    "title": "FluxLit",
    "gateway_host": "127.0.0.1",
    "gateway_port": 8000,
    "log_level": "info",
    "api_mount_path": "/api",
    "streamlit_public_path": "",
    "root_path": "",
    "trust_proxy": False,
    "forwarded_allow_ips": None,
    "enable_request_logging": False,
    "enable_gateway_access_log": False,
    "debug": False,
    "url_session_query_param": "fluxlit_sid",
    "enable_gateway_prometheus_metrics": False,
    "gateway_prometheus_metrics_path": "/__fluxlit/metrics",
    "gateway_upstream_connect_timeout_s": 30.0,
    "gateway_upstream_read_timeout_s": 120.0,
    "gateway_max_proxy_request_body_bytes": 0,
    "gateway_max_concurrent_upstream_http": 0,
    "gateway_httpx_max_connections": 0,
    "gateway_httpx_max_keepalive_connections": 0,
    "gateway_ws_open_timeout_s": 30.0,
    "gateway_ws_ping_interval_s": None,
    "gateway_ws_ping_timeout_s": None,
    "gateway_ws_close_timeout_s": None,
    "gateway_ws_max_message_bytes": None,
    "gateway_forward_client_headers_to_streamlit": [],
    "enable_security_headers": False,
    "cors_allow_origins": [],
    "cors_allow_credentials": False,
    "cors_middleware_kwargs": {},
    "streamlit_run_cli_args": [],
    "streamlit_page_config": {},
    "public_base_url": "",
    "strict_public_base_url": False,
    "strict_page_signatures": False,
    "strict_startup": False,
    "experimental_yield_pages": False,
    "jwt_issuer": "",
    "jwt_audience": "",
    "jwt_jwks_url": "",
    "jwt_leeway_seconds": 0,
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_documented_setting_has_its_documented_default(name: str) -> None:
    assert getattr(FluxlitSettings(), name) == DEFAULTS[name]


def test_c1_c2_sources_come_in_the_documented_order(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "fluxlit.toml").write_text('title = "file"\ngateway_port = 1001\nlog_level = "debug"\nroot_path = "/a"\n')
    (here / ".env").write_text("FLUXLIT_TITLE=dotenv\nFLUXLIT_GATEWAY_PORT=1002\n")
    monkeypatch.setenv("FLUXLIT_TITLE", "environment")

    settings = FluxlitSettings()

    assert (settings.title, settings.gateway_port, settings.log_level) == ("environment", 1002, "debug")
    assert settings.public_mount_path() == "/a"
    assert FluxlitSettings(title="argument").title == "argument"


@pytest.mark.parametrize("written", ["X-Tenant, X-Team, authorization", json.dumps(["X-Tenant", "x-team"])])
def test_c2_lists_may_be_separated_by_commas(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXLIT_GATEWAY_FORWARD_CLIENT_HEADERS_TO_STREAMLIT", written)

    assert FluxlitSettings().gateway_forward_client_headers_to_streamlit == ["x-team", "x-tenant"]


def test_c2_an_empty_list_is_an_empty_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXLIT_CORS_ALLOW_ORIGINS", "")

    assert FluxlitSettings().cors_allow_origins == []


def test_the_public_address_may_have_its_general_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://portal.example")

    assert FluxlitSettings().public_base_url == "https://portal.example"


@pytest.mark.parametrize(
    "arguments",
    [
        {"trust_proxy": True},
        {"trust_proxy": True, "forwarded_allow_ips": "*"},
        {"trust_proxy": True, "forwarded_allow_ips": "10.0.0.1"},
        {"root_path": "/a"},
        {"root_path": "/a", "public_base_url": "https://h/a"},
        {"gateway_forward_client_headers_to_streamlit": ["cookie"]},
        {"public_base_url": "https://h/other"},
    ],
)
def test_a_strict_start_refuses_what_is_not_safe(arguments: dict[str, object]) -> None:
    FluxlitSettings.model_validate(arguments)
    with pytest.raises(ValidationError):
        FluxlitSettings.model_validate({**arguments, "strict_startup": True})
