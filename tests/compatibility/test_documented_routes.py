"""Status codes, bodies and redirects of the routes that 0.13.2 documents, and its metrics."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from starlette.websockets import WebSocket, WebSocketDisconnect

from fluxlit import FluxLit, FluxlitSettings
from fluxlit_testing import FluxLitTestClient, RunningServer

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = """
from fastapi import Request

from fluxlit import FluxLit

app = FluxLit(title="Portal")


@app.api.get("/users")
def users(request: Request) -> dict[str, str]:
    return {"root_path": request.scope["root_path"], "id": request.headers.get("x-request-id", "")}


@app.page("/")
def home(st):
    st.title("Portal")
"""
# The documented buckets, in seconds; Prometheus writes them as floats.
BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, float("inf")]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("p")
    (folder / "app.py").write_text(APP)
    env = {
        "XDG_RUNTIME_DIR": str(folder),
        "FLUXLIT_NO_PIDFILE": "1",
        "FLUXLIT_DEBUG": "1",
        "FLUXLIT_ENABLE_GATEWAY_PROMETHEUS_METRICS": "1",
        "FLUXLIT_JWT_HS256_SECRET": "hidden-value",
    }
    with RunningServer.start(cwd=folder, env=env) as running:
        yield running


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.base_url, trust_env=False, timeout=60) as found:
        yield found


def test_health_and_readiness_have_their_documented_bodies(client: httpx2.Client) -> None:
    assert client.get("/api/healthz").json() == {"status": "ok"}
    ready = client.get("/api/readyz")
    assert ready.status_code == 200
    assert ready.json().items() >= {"status": "ready", "streamlit": "ok"}.items()
    assert {"/healthz", "/readyz"}.isdisjoint(client.get("/api/openapi.json").json()["paths"])


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/docs", "/api/docs"),
        ("/docs/", "/api/docs"),
        ("/redoc", "/api/redoc"),
        ("/redoc/", "/api/redoc"),
        ("/openapi.json", "/api/openapi.json"),
    ],
)
def test_documentation_at_the_root_redirects_with_307(path: str, to: str, client: httpx2.Client) -> None:
    for method in ("GET", "HEAD"):
        answer = client.request(method, path)
        assert (answer.status_code, answer.headers["location"], answer.content) == (307, to, b"")


@pytest.mark.parametrize("path", ["/api/users", "/api%2Fusers", "/%61pi/users"])
def test_the_api_is_matched_on_the_decoded_path(path: str, client: httpx2.Client) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.json()["root_path"] == "/api"


@pytest.mark.parametrize("path", ["/apix", "/API/users", "/", "/nothing"])
def test_everything_else_is_streamlits(path: str, client: httpx2.Client) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert "text/html" in answer.headers["content-type"]


def test_a_request_id_is_taken_or_made(client: httpx2.Client) -> None:
    assert client.get("/api/users", headers={"X-Request-ID": "mine"}).headers["x-request-id"] == "mine"
    made = client.get("/api/users").headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made)


def test_debug_tells_what_was_decided_without_secrets(client: httpx2.Client) -> None:
    client.get("/api/users", headers={"X-Request-ID": "seen-by-debug"})
    answer = client.get("/__fluxlit/debug")

    told: dict[str, Any] = answer.json()
    assert told["fluxlit_debug"] is True
    assert told["gateway"] == {"api_prefix": "/api", "root_mount": ""}
    assert "jwt_hs256_secret" in told["settings"]
    assert told["streamlit_upstream_env"] in {"set", "unset"}
    recent = [each for each in told["recent_dispatches"] if each["request_id"] == "seen-by-debug"]
    assert [(each["dispatch"], each["path"]) for each in recent] == [("api", "/api/users")]
    assert "hidden-value" not in answer.text


def test_metrics_have_the_documented_names_labels_and_buckets(client: httpx2.Client) -> None:
    client.get("/api/users")
    answer = client.get("/__fluxlit/metrics")

    assert answer.headers["content-type"].startswith("text/plain")
    assert "# TYPE fluxlit_gateway_requests_total counter" in answer.text
    assert "# TYPE fluxlit_gateway_request_duration_seconds histogram" in answer.text
    assert re.search(r'fluxlit_gateway_requests_total\{dispatch="api",method_kind="GET"\} \d', answer.text)
    line = r'fluxlit_gateway_request_duration_seconds_bucket\{dispatch="api",le="([^"]+)"\}'
    assert [float(each.replace("+Inf", "inf")) for each in re.findall(line, answer.text)] == BUCKETS


def test_a_socket_of_the_api_keeps_its_frames_and_its_close_code() -> None:
    app = FluxLit()

    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())
        await socket.close(4001)

    echo.__annotations__["socket"] = WebSocket
    app.api.websocket("/echo")(echo)

    with FluxLitTestClient(app).api.websocket_connect("/api/echo") as socket:
        socket.send_text("é")
        assert socket.receive_text() == "é"
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == 4001


def test_what_is_off_is_not_found_and_what_is_away_is_a_bad_gateway() -> None:
    client = FluxLitTestClient(FluxLit())

    debug = client.api.get("/__fluxlit/debug")
    assert (debug.status_code, debug.text) == (404, "Not Found")
    assert client.api.get("/").status_code in {502, 503}


def test_uploads_over_the_limit_are_refused_and_the_api_has_no_limit() -> None:
    app = FluxLit(settings=FluxlitSettings(gateway_max_proxy_request_body_bytes=10))
    app.api.post("/upload")(lambda: "taken")
    client = FluxLitTestClient(app)

    refused = client.api.put("/_stcore/upload_file/a/b", content=b"x" * 11)
    assert refused.status_code == 413
    assert "FLUXLIT_GATEWAY_MAX_PROXY_REQUEST_BODY_BYTES" in refused.text
    assert client.api_post("/upload", content=b"x" * 1000).json() == "taken"


@pytest.mark.parametrize(
    ("options", "headers"),
    [
        ({"enable_security_headers": True}, {"x-content-type-options": "nosniff", "x-frame-options": "SAMEORIGIN"}),
        ({"cors_allow_origins": ["https://a.example"]}, {"access-control-allow-origin": "https://a.example"}),
    ],
)
def test_settings_add_their_headers_to_the_api(options: dict[str, Any], headers: dict[str, str]) -> None:
    app = FluxLit(settings=FluxlitSettings.model_validate(options))

    app.api.get("/users")(lambda: "Ada")

    answer = FluxLitTestClient(app).api_get("/users", headers={"Origin": "https://a.example"})

    assert headers.items() <= dict(answer.headers).items()
