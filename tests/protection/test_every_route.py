"""Nobody who has not shown who they are gets an answer from any route: of Streamlit, of the gateway, of the API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

if TYPE_CHECKING:
    import httpx2 as httpx

    from fluxlit_testing.running_server import RunningServer

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OWN = ("/metrics", "/docs", "/redoc", "/openapi.json", "/__fluxlit/debug", "/", "/admin", "/no-such-page", "/static/")
API = ("/api", "/api/", "/api/me", "/api/admin/panel", "/api/openapi.json", "/api/docs", "/api/no-such-route")
PROBES = ("/healthz", "/readyz", "/startupz")


def filled(path: str) -> str:
    """A path of a route table with something in its parameters."""
    return re.sub(r"{[^}]*}", "x", path)


def test_streamlits_route_table_is_what_it_was_read_from(streamlit_routes: list[tuple[str, str, list[str]]]) -> None:
    paths = {path for _kind, path, _methods in streamlit_routes}

    assert {"/_stcore/stream", "/_stcore/health", "/_stcore/upload_file/{session_id}/{file_id}"} <= paths
    assert any(path.startswith("/media/") for path in paths)
    assert len(paths) >= 12


def test_every_route_of_streamlit_refuses_every_method(
    anonymous: httpx.Client, streamlit_routes: list[tuple[str, str, list[str]]]
) -> None:
    answers = {
        (method, path): anonymous.request(method, filled(path)).status_code
        for _kind, path, _methods in streamlit_routes
        for method in METHODS
    }

    assert {key: status for key, status in answers.items() if status != 401} == {}


@pytest.mark.parametrize("path", [*OWN, *API])
def test_the_gateways_and_the_apis_routes_refuse_every_method(anonymous: httpx.Client, path: str) -> None:
    statuses = {method: anonymous.request(method, path).status_code for method in METHODS}

    assert set(statuses.values()) == {401}, statuses


def test_every_websocket_is_refused_before_it_opens(
    guarded: RunningServer, streamlit_routes: list[tuple[str, str, list[str]]]
) -> None:
    sockets = [path for kind, path, _methods in streamlit_routes if kind == "websocket"]

    for path in [*sockets, "/api/echo", "/anything"]:
        with pytest.raises(InvalidStatus) as refused, connect(guarded.ws_url + path):
            pass
        assert refused.value.response.status_code == 401, path


def test_a_refusal_says_what_would_be_accepted_and_is_not_cached(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/api/me")

    assert answer.json() == {"detail": "Authentication required"}
    assert "Basic" in answer.headers["WWW-Authenticate"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"]


@pytest.mark.parametrize("path", [prefix + probe for prefix in ("", "/api") for probe in PROBES])
def test_probes_stay_open_to_get_and_head_alone(anonymous: httpx.Client, path: str) -> None:
    assert anonymous.get(path).status_code == 200
    assert anonymous.head(path).status_code == 200
    assert anonymous.post(path).status_code == 401


@pytest.mark.parametrize(
    "path", ["/api/healthz/../me", "/api//me", "/%2e%2e/api/me", "/api/healthz%2f..%2fme", "//api/healthz", "/api/me/"]
)
def test_no_spelling_of_a_path_gets_around_the_guard(guarded: RunningServer, path: str) -> None:
    import http.client

    host = guarded.base_url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.request("GET", path)
        assert connection.getresponse().status in {400, 401}
    finally:
        connection.close()


def test_identity_headers_of_a_client_say_nothing(anonymous: httpx.Client) -> None:
    told = {"X-FluxLit-User": "eyJpZCI6InJvb3QifQ", "X-FluxLit-User-Id": "root", "X-Remote-User": "root"}

    assert anonymous.get("/api/me", headers=told).status_code == 401


def test_identity_headers_beside_an_identity_change_nothing(anonymous: httpx.Client, as_ada: dict[str, str]) -> None:
    told = {**as_ada, "X-FluxLit-User": "eyJpZCI6InJvb3QifQ", "X-FluxLit-User-Id": "root"}

    assert anonymous.get("/api/me", headers=told).json()["id"] == "ada"
