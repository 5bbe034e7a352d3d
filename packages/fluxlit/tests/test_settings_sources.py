"""Where values come from, and which source wins."""

import json
from pathlib import Path

import pytest
from pydantic import Field, ValidationError

from fluxlit.settings import FluxlitSettings

# pyright: reportCallIssue=false


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder and no variables of FluxLit."""
    import os

    for name in list(os.environ):
        if name.upper().startswith(("FLUXLIT_", "PUBLIC_BASE_URL")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


def test_each_source_beats_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    origins: list[str] = []
    ports: list[int] = []

    def look(**arguments: int) -> None:
        settings = FluxlitSettings(**arguments)
        ports.append(settings.gateway_port)
        origins.append(str(settings.origin_of("gateway_port")))

    look()
    write("fluxlit.toml", "# a comment\ngateway_port = 1001\n")
    look()
    write(".env", "OTHER=1\nFLUXLIT_GATEWAY_PORT=1002\n")
    look()
    monkeypatch.setenv("FLUXLIT_GATEWAY_PORT", "1003")
    look()
    look(gateway_port=1004)
    monkeypatch.setenv("FLUXLIT_COMMAND_LINE", json.dumps({"gateway_port": ["--port", 1005]}))
    look(gateway_port=1004)
    assert ports == [8000, 1001, 1002, 1003, 1004, 1005]
    assert origins == [
        "default",
        "fluxlit.toml, line 2",
        ".env, line 2",
        "environment FLUXLIT_GATEWAY_PORT",
        "argument gateway_port",
        "flag --port",
    ]


def test_c1_the_environment_beats_the_project_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write("fluxlit.toml", 'target = "app:app"\ngateway_port = 8000\n')
    monkeypatch.setenv("FLUXLIT_GATEWAY_PORT", "9999")
    assert FluxlitSettings().gateway_port == 9999


def test_c2_every_setting_may_stand_in_the_project_file() -> None:
    write(
        "fluxlit.toml",
        'debug = true\napi_mount_path = "v1"\nroot_path = "/apps/x"\ncors_allow_origins = ["https://a", "https://b"]\n'
        "[streamlit_page_config]\nlayout = 'wide'\n",
    )
    settings = FluxlitSettings()
    assert settings.debug
    assert settings.api_mount_path == "/v1"
    assert settings.public_mount_path() == "/apps/x"
    assert settings.cors_allow_origins == ["https://a", "https://b"]
    assert settings.streamlit_page_config == {"layout": "wide"}
    assert str(settings.origin_of("streamlit_page_config")) == "fluxlit.toml, line 5"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a, b", ["a", "b"]),
        ("a", ["a"]),
        ("", []),
        ("null", []),
        ('["a", "b"]', ["a", "b"]),
        ("[]", []),
        (" a ,, b ", ["a", "b"]),
    ],
)
def test_c2_lists_are_read_from_commas_json_and_nothing(
    monkeypatch: pytest.MonkeyPatch, text: str, expected: list[str]
) -> None:
    monkeypatch.setenv("FLUXLIT_CORS_ALLOW_ORIGINS", text)
    assert FluxlitSettings().cors_allow_origins == expected


def test_pyproject_is_read_where_there_is_no_project_file() -> None:
    write("pyproject.toml", '[project]\nname = "x"\n\n[tool.fluxlit]\ngateway_port = 1001\n')
    settings = FluxlitSettings()
    assert settings.gateway_port == 1001
    assert str(settings.origin_of("gateway_port")) == "pyproject.toml, line 5"
    write("fluxlit.toml", 'title = "Own"\n')
    assert FluxlitSettings().gateway_port == 8000


def test_a_pyproject_without_a_table_of_ours_is_left_alone() -> None:
    write("pyproject.toml", "[tool.other]\nx = 1\n")
    assert FluxlitSettings().gateway_port == 8000


def test_names_of_variables_may_be_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("fluxlit_gateway_port", "1001")
    assert FluxlitSettings().gateway_port == 1001


def test_an_optional_setting_may_be_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORWARDED_ALLOW_IPS", "GATEWAY_WS_PING_INTERVAL_S", "GATEWAY_WS_MAX_MESSAGE_BYTES"):
        monkeypatch.setenv(f"FLUXLIT_{name}", "")
    settings = FluxlitSettings()
    assert settings.forwarded_allow_ips is None
    assert settings.gateway_ws_ping_interval_s is None
    assert settings.gateway_ws_max_message_bytes is None


def test_the_general_public_address_is_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://general")
    settings = FluxlitSettings()
    assert settings.public_base_url == "https://general"
    assert str(settings.origin_of("public_base_url")) == "environment PUBLIC_BASE_URL"
    monkeypatch.setenv("FLUXLIT_PUBLIC_BASE_URL", "https://ours")
    assert FluxlitSettings().public_base_url == "https://ours"


def test_an_application_s_own_settings_are_read_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    class Settings(FluxlitSettings):
        currency: str = Field(default="EUR")

    write("fluxlit.toml", 'currency = "CHF"\n')
    assert Settings().currency == "CHF"
    # Read elsewhere, the base class must not stumble over it.
    assert FluxlitSettings().gateway_port == 8000
    monkeypatch.setenv("FLUXLIT_CURRENCY", "USD")
    assert Settings().currency == "USD"
    assert FluxlitSettings().gateway_port == 8000


def test_a_settings_class_with_a_prefix_of_its_own_reads_that(monkeypatch: pytest.MonkeyPatch) -> None:
    class Settings(FluxlitSettings, env_prefix="PORTAL_"):
        pass

    monkeypatch.setenv("PORTAL_GATEWAY_PORT", "1001")
    assert Settings().gateway_port == 1001
    monkeypatch.setenv("PORTAL_GATEWAY_PRT", "1001")
    with pytest.raises(ValidationError, match="did you mean 'PORTAL_GATEWAY_PORT'"):
        Settings()


def test_forwarded_header_names_are_lowered_and_the_dangerous_ones_refused() -> None:
    settings = FluxlitSettings(gateway_forward_client_headers_to_streamlit=["X-B", "Cookie", "x-a", "x-b", "b ad"])
    assert settings.gateway_forward_client_headers_to_streamlit == ["x-a", "x-b"]
    assert settings.rejected_forward_headers == ("b ad", "cookie")


def test_assigned_values_are_checked_too() -> None:
    settings = FluxlitSettings()
    settings.gateway_port = 9000
    assert settings.gateway_port == 9000
    with pytest.raises(ValidationError):
        settings.gateway_port = 90000
