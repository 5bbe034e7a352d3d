"""What is said about a value that is not accepted."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from fluxlit.settings import FluxlitSettings


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder and no variables of FluxLit."""
    for name in list(os.environ):
        if name.upper().startswith(("FLUXLIT_", "PUBLIC_BASE_URL")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def message() -> str:
    with pytest.raises(ValidationError) as caught:
        FluxlitSettings()
    (problem,) = caught.value.errors()
    return problem["msg"]


@pytest.mark.parametrize(
    ("variable", "value", "accepted"),
    [
        ("GATEWAY_PORT", "eighty", "a whole number from 0 to 65535"),
        ("GATEWAY_PORT", "70000", "a whole number from 0 to 65535"),
        ("GATEWAY_PORT", "", "a whole number from 0 to 65535"),
        ("DEBUG", "", "true or false"),
        ("DEBUG", "maybe", "true or false"),
        ("SIDECARS", "0", "a whole number from 1 to 256 or 'auto'"),
        ("SIDECARS", "many", "a whole number from 1 to 256 or 'auto'"),
        ("LOG_LEVEL", "loud", "one of critical, error, warning, info, debug, trace"),
        ("RUNTIME", "threads", "one of sidecar, native"),
        ("GATEWAY_UPSTREAM_READ_TIMEOUT_S", "-1", "a number of at least 0"),
        ("GATEWAY_WS_PING_INTERVAL_S", "x", "a number of at least 0 or nothing"),
        ("SIDECAR_START_TIMEOUT_S", "0", "a number above 0"),
        ("CORS_ALLOW_ORIGINS", "[a", "a list: a, b or"),
        ("STREAMLIT_PAGE_CONFIG", "wide", "a JSON object"),
    ],
)
def test_variable_value_and_what_is_accepted_are_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, accepted: str
) -> None:
    monkeypatch.setenv(f"FLUXLIT_{variable}", value)
    text = message()
    assert f"FLUXLIT_{variable}" in text
    assert f"{variable.lower()} = {value!r}" in text
    assert accepted in text


def test_file_and_line_are_named() -> None:
    Path("fluxlit.toml").write_text('title = "x"\n\ngateway_port = "many"\n', encoding="utf-8")
    assert message().startswith("fluxlit.toml, line 3: gateway_port = 'many'")


def test_file_and_line_of_the_env_file_are_named() -> None:
    Path(".env").write_text("# ports\nexport FLUXLIT_GATEWAY_PORT=many\n", encoding="utf-8")
    assert message().startswith(".env, line 2: gateway_port = 'many'")


def test_an_unknown_key_of_the_project_file_suggests_the_right_one() -> None:
    Path("fluxlit.toml").write_text("gateway_prot = 1\n", encoding="utf-8")
    assert message() == "fluxlit.toml, line 1: there is no setting 'gateway_prot'; did you mean 'gateway_port'?"


def test_an_unknown_key_that_resembles_nothing_is_to_be_removed() -> None:
    Path("fluxlit.toml").write_text("zzz = 1\n", encoding="utf-8")
    assert "there is no setting 'zzz'; remove it" in message()


def test_an_unknown_variable_suggests_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXLIT_GATEWAY_PRT", "1")
    assert "did you mean 'FLUXLIT_GATEWAY_PORT'?" in message()


def test_an_unknown_variable_of_the_env_file_is_named_with_its_line() -> None:
    Path(".env").write_text("FLUXLIT_TITEL=x\n", encoding="utf-8")
    assert message() == ".env, line 1: there is no setting 'FLUXLIT_TITEL'; did you mean 'FLUXLIT_TITLE'?"


def test_an_unknown_argument_suggests_the_right_one() -> None:
    with pytest.raises(ValidationError, match="did you mean 'gateway_port'"):
        FluxlitSettings(gatewayport=1)


def test_other_variables_of_the_env_file_are_left_alone() -> None:
    Path(".env").write_text("DATABASE_URL=postgres://x\nTITLE=other\n", encoding="utf-8")
    assert FluxlitSettings().title == "FluxLit"


@pytest.mark.parametrize(
    "name", ["FLUXLIT_PORT", "FLUXLIT_PORT_8000_TCP_ADDR", "FLUXLIT_SERVICE_HOST", "FLUXLIT_WEB_SERVICE_PORT_HTTP"]
)
def test_what_kubernetes_adds_for_a_service_of_our_name_is_no_setting(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "tcp://10.0.0.1:8000")
    assert FluxlitSettings().gateway_port == 8000


def test_several_problems_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXLIT_GATEWAY_PORT", "x")
    monkeypatch.setenv("FLUXLIT_LOG_LEVEL", "loud")
    with pytest.raises(ValidationError) as caught:
        FluxlitSettings()
    assert caught.value.error_count() == 2


def test_a_project_file_that_is_no_toml_is_named() -> None:
    Path("fluxlit.toml").write_text("title = \n", encoding="utf-8")
    assert message().startswith("fluxlit.toml cannot be read")


def test_too_many_forwarded_headers_are_refused() -> None:
    with pytest.raises(ValidationError, match="has 33 names, and 32 are the most"):
        FluxlitSettings(gateway_forward_client_headers_to_streamlit=[f"x-{number}" for number in range(33)])


SECRET = "correct-horse-battery-staple"


@pytest.mark.parametrize("name", ["jwt_hs256_secret", "oidc_bff_secret", "session_store"])
def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"FLUXLIT_{name.upper()}", SECRET)
    settings = FluxlitSettings()
    assert getattr(settings, name).get_secret_value() == SECRET
    assert SECRET not in f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"


def test_a_bad_secret_is_not_shown_either() -> None:
    Path("fluxlit.toml").write_text(f'jwt_hs256_secret = ["{SECRET}"]\n', encoding="utf-8")
    text = message()
    assert SECRET not in text
    assert "jwt_hs256_secret = [REDACTED] is not accepted" in text


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"TRUST_PROXY": "1"}, "forwarded_allow_ips"),
        ({"TRUST_PROXY": "1", "FORWARDED_ALLOW_IPS": "*"}, "forwarded_allow_ips"),
        ({"TRUST_PROXY": "1", "FORWARDED_ALLOW_IPS": "10.0.0.1"}, "FLUXLIT_GATEWAY_MAX_PROXY_REQUEST_BODY_BYTES"),
        ({"ROOT_PATH": "/a"}, "FLUXLIT_PUBLIC_BASE_URL"),
        ({"ROOT_PATH": "/a", "PUBLIC_BASE_URL": "https://h/a"}, "FLUXLIT_TRUST_PROXY"),
        ({"GATEWAY_FORWARD_CLIENT_HEADERS_TO_STREAMLIT": "cookie"}, "never forwarded: cookie"),
        ({"PUBLIC_BASE_URL": "https://h/b"}, "'/b'"),
    ],
)
def test_strict_startup_refuses_what_is_half_done(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], told: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"FLUXLIT_{name}", value)
    FluxlitSettings()
    monkeypatch.setenv("FLUXLIT_STRICT_STARTUP", "1")
    text = message()
    assert text.startswith("strict_startup: ")
    assert told in text


def test_strict_startup_is_content_with_what_is_whole() -> None:
    settings = FluxlitSettings(
        strict_startup=True,
        root_path="/a/",
        public_base_url="https://h/a",
        trust_proxy=True,
        forwarded_allow_ips="10.0.0.1",
        gateway_max_proxy_request_body_bytes=1000,
    )
    assert settings.strict_startup


def test_every_variable_that_our_packages_name_is_known() -> None:
    import re

    from fluxlit.settings.known_variables import is_foreign_variable

    packages = Path(__file__).parents[2]
    named: set[str] = set()
    for file in packages.glob("*/src/**/*.py"):
        named |= set(re.findall(r"""["'](FLUXLIT_[A-Z0-9_]+[A-Z0-9])["']""", file.read_text(encoding="utf-8")))
    unknown = {
        name
        for name in named
        if name.removeprefix("FLUXLIT_").lower() not in FluxlitSettings.model_fields and not is_foreign_variable(name)
    }
    assert named
    assert unknown == set()
