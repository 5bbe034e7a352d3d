"""`fluxlit.gateway`, `fluxlit.health`, `fluxlit.api` and `fluxlit.security` by their documented signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from fluxlit.api import router
from fluxlit.config import FluxlitSettings
from fluxlit.gateway import (
    GatewayProxyOptions,
    build_gateway,
    normalize_api_mount_path,
    normalize_root_mount,
    split_gateway_paths,
)
from fluxlit.gateway.metrics import GATEWAY_PROMETHEUS_METRICS
from fluxlit.health import probe_streamlit_ready
from fluxlit.security import SecurityHeadersMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_testing import RunningServer

DOWN = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("given", "normal"),
    [("", "/api"), ("api", "/api"), ("/api/", "/api"), ("  /x ", "/x"), ("a/b/", "/a/b"), ("/", "/"), ("///", "/")],
)
def test_api_mounts_are_normalised_as_documented(given: str, normal: str) -> None:
    assert normalize_api_mount_path(given) == normal


@pytest.mark.parametrize(("given", "normal"), [("", ""), ("api", "/api"), ("/api/", "/api"), ("///", "")])
def test_root_mounts_are_normalised_as_documented(given: str, normal: str) -> None:
    assert normalize_root_mount(given) == normal


@pytest.mark.parametrize(
    ("path", "mount", "parts"),
    [
        ("/p", "", ("/p", "/p")),
        ("/a/api/x", "/a", ("/api/x", "/a/api/x")),
        ("/a", "/a", ("/", "/a")),
        ("/a/", "/a", ("/", "/a/")),
        ("/ab", "/a", ("/ab", "/a/ab")),
        ("/api/x", "/a", ("/api/x", "/a/api/x")),
        ("x", "/a", ("/x", "/a/x")),
    ],
)
def test_paths_are_split_as_documented(path: str, mount: str, parts: tuple[str, str]) -> None:
    assert split_gateway_paths(path, mount) == parts


def users_api() -> FastAPI:
    api = FastAPI()
    included = router(prefix="/users", tags=["people"])
    included.get("")(lambda: ["Ada"])
    api.include_router(included)
    return api


def test_a_gateway_is_built_from_an_api_and_an_address() -> None:
    gateway = build_gateway(users_api(), DOWN, api_prefix="/v1", root_mount="/apps", access_log=True)
    client = TestClient(gateway)

    assert client.get("/apps/v1/users").json() == ["Ada"]
    assert client.get("/v1/users").json() == ["Ada"]
    assert client.get("/apps/").status_code == 502


def test_the_address_may_be_asked_for_with_each_request() -> None:
    asked: list[str] = []

    def resolve() -> str:
        asked.append("asked")
        return DOWN

    client = TestClient(build_gateway(users_api(), "", upstream_resolver=resolve))

    assert client.get("/").status_code == 502
    assert asked


def test_settings_limit_the_gateway() -> None:
    settings = FluxlitSettings(gateway_max_proxy_request_body_bytes=10)
    client = TestClient(build_gateway(users_api(), DOWN, proxy_settings=settings))

    refused = client.post("/upload", content=b"x" * 11)
    assert refused.status_code == 413
    assert "FLUXLIT_GATEWAY_MAX_PROXY_REQUEST_BODY_BYTES" in refused.text


def test_options_have_the_documented_defaults() -> None:
    options = GatewayProxyOptions()

    assert (options.connect_timeout, options.read_timeout, options.ws_open_timeout_s) == (30.0, 120.0, 30.0)
    assert (options.max_proxy_body_bytes, options.forward_client_headers_http) == (0, frozenset())


def test_metrics_are_described_with_their_labels() -> None:
    described: dict[str, Any] = {str(each["name"]): each for each in GATEWAY_PROMETHEUS_METRICS}

    assert set(described["fluxlit_gateway_requests_total"]["labels"]) == {"dispatch", "method_kind"}
    assert all(each.keys() >= {"name", "type", "labels", "stability"} for each in described.values())


def test_security_headers_are_added_where_they_are_missing() -> None:
    api = users_api()
    api.add_middleware(SecurityHeadersMiddleware)

    headers = TestClient(api, base_url="https://testserver").get("/users").headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert "strict-transport-security" not in TestClient(api).get("/users").headers


async def test_readiness_of_nothing_is_not_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLUXLIT_STREAMLIT_UPSTREAM", raising=False)
    monkeypatch.delenv("FLUXLIT_STREAMLIT_UPSTREAM_FILE", raising=False)

    assert await probe_streamlit_ready() == (True, "not_configured")
    assert await probe_streamlit_ready(upstream="") == (True, "not_configured")


async def test_readiness_of_nobody_says_why() -> None:
    ready, why = await probe_streamlit_ready(upstream=DOWN)

    assert not ready
    assert why


async def test_readiness_of_a_server(start_server: Callable[..., RunningServer]) -> None:
    server = start_server()

    assert await probe_streamlit_ready(upstream=server.base_url, timeout_s=30) == (True, "ok")
    assert await probe_streamlit_ready(upstream=f"{server.base_url}/api/nothing", timeout_s=30) == (
        False,
        "upstream_http_failed /:404",
    )
    assert httpx2.get(f"{server.base_url}/api/healthz", trust_env=False).json()["status"] == "ok"
