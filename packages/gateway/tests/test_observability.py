from __future__ import annotations

import logging
import subprocess
import sys
from typing import Any

import httpx2 as httpx
import pytest
from websockets.asyncio.client import connect as open_socket

from fluxlit_gateway.observability.access_log import ACCESS_LOG_FIELDS
from fluxlit_gateway.redaction import redact_query


def gateway_records(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "fluxlit.gateway"]


async def test_one_line_per_request_with_stable_fields_when_it_is_over(
    servers: Any, report_app: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await servers.gateway(await servers(report_app), options={"access_log": True})
    with caplog.at_level(logging.INFO, logger="fluxlit.gateway"):
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(gateway.base + "/page?a=1", headers={"x-request-id": "mine"})
            await client.post(gateway.base + "/api/x")
            await client.get(gateway.base + "/api/healthz")
        async with open_socket(gateway.ws + "/ws", proxy=None) as socket:
            await socket.recv()
        await servers.stop_one(gateway)
    page, api, health, ws = gateway_records(caplog)
    for record in (page, api, health, ws):
        assert all(hasattr(record, name) for name in ACCESS_LOG_FIELDS)
        assert record.levelno == logging.INFO
    fields = [page.__dict__[name] for name in ACCESS_LOG_FIELDS]
    assert fields[:6] == ["mine", "streamlit", "GET", "/page", "a=1", 200]
    assert fields[6] >= 0
    assert [record.__dict__["fluxlit_dispatch"] for record in (api, health, ws)] == ["api", "gateway", "streamlit"]
    assert [record.__dict__["status"] for record in (api, health, ws)] == [200, 200, 101]
    assert ws.__dict__["http_method_or_type"] == "WEBSOCKET"


async def test_the_access_log_is_at_debug_unless_it_is_asked_for_and_problems_are_warnings(
    servers: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await servers.gateway("unix:/nowhere/at/all.sock")
    with caplog.at_level(logging.INFO, logger="fluxlit.gateway"):
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(gateway.base + "/api/x")
            await client.get(gateway.base + "/x")
    (record,) = gateway_records(caplog)
    assert record.levelno == logging.WARNING
    assert "cannot connect" in record.getMessage()


async def test_a_path_cannot_write_lines_of_its_own_into_the_log(
    servers: Any, report_app: Any, connect: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await servers.gateway(await servers(report_app), options={"access_log": True})
    with caplog.at_level(logging.INFO, logger="fluxlit.gateway"):
        client = await connect(gateway)
        await client.send("GET /a%0d%0aforged%1b[31m HTTP/1.1", "host: here", "connection: close")
        await client.rest()
    (record,) = gateway_records(caplog)
    assert not set("\r\n\x1b") & set(record.getMessage())


async def test_an_api_that_fails_is_logged_as_500_and_keeps_failing_as_its_server_does(
    servers: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def api(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive, send
        raise RuntimeError("broken")

    gateway = await servers.gateway(api=api, options={"access_log": True}, lifespan="off")
    with caplog.at_level(logging.INFO):
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(gateway.base + "/api/x")).status_code == 500
    (record,) = gateway_records(caplog)
    assert record.__dict__["status"] == 500


async def test_metrics_below_the_api_prefix_are_not_served_and_that_is_said(
    servers: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await servers.gateway(options={"metrics_path": "/api/metrics"})
    assert any("lies under the API prefix" in record.getMessage() for record in gateway_records(caplog))
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(gateway.base + "/api/metrics")).json()["path"] == "/api/metrics"


def test_importing_the_gateway_imports_no_metrics_and_no_framework() -> None:
    names = "('prometheus_client', 'fastapi', 'streamlit', 'typer', 'uvicorn')"
    code = f"import sys, fluxlit_gateway; print([name for name in {names} if name in sys.modules])"
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert output.stdout.strip() == "[]"


async def test_the_debug_page_shows_what_happened_and_only_in_debug_mode(servers: Any, report_app: Any) -> None:
    upstream = await servers(report_app)
    options: dict[str, Any] = {"debug": True, "debug_settings": {"title": "mine"}}
    gateway = await servers.gateway(upstream, options=options)
    closed = await servers.gateway(upstream)
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get(gateway.base + "/page")
        await client.get(gateway.base + "/api/x", headers={"x-request-id": "mine"})
        shown = (await client.get(gateway.base + "/__fluxlit/debug")).json()
        hidden = await client.get(closed.base + "/__fluxlit/debug")
    assert shown["fluxlit_debug"] is True
    assert shown["gateway"] == {"api_prefix": "/api", "root_mount": ""}
    assert shown["settings"] == {"title": "mine"}
    assert [entry["path"] for entry in shown["recent_dispatches"]] == ["/page", "/api/x"]
    last = shown["recent_requests"][1]
    assert (last["method"], last["status"], last["dispatch"]) == ("GET", 200, "api")
    assert shown["recent_dispatches"][1] == {"request_id": "mine", "dispatch": "api", "path": "/api/x"}
    assert (hidden.status_code, hidden.text) == (404, "Not Found")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", ""),
        (b"a=%2F&b", "a=%2F&b"),
        (b"auth_code=x&a=1", "auth_code=%3Credacted%3E&a=1"),
        (b"AUTH_CODE=x&auth_code=", "AUTH_CODE=%3Credacted%3E&auth_code="),
        (b"auth%5Fcode=x", "auth_code=%3Credacted%3E"),
    ],
)
def test_values_of_sensitive_keys_are_replaced(query: bytes, expected: str) -> None:
    assert redact_query(query, frozenset({"auth_code"})) == expected
