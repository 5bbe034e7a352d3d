from __future__ import annotations

import logging
from typing import Any

import httpx2 as httpx
import pytest
from starlette.responses import PlainTextResponse
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import InvalidStatus

from fluxlit_gateway.security_headers import SecurityHeaders

EVIL = "http://evil.example"


def client(url: str, **options: Any) -> Any:
    return open_socket(url, proxy=None, compression=None, **options)


def open_to_everybody(scope: Any) -> PlainTextResponse:
    """As Streamlit is behind a gateway: CORS ``*``, no XSRF check."""
    del scope
    return PlainTextResponse("ok", headers={"access-control-allow-origin": "*"})


async def open_app(scope: Any, receive: Any, send: Any) -> None:
    await open_to_everybody(scope)(scope, receive, send)


@pytest.mark.parametrize("path", ["/_stcore/stream", "/api/ws"])
async def test_s2_a_page_of_another_origin_cannot_open_a_websocket(servers: Any, report_app: Any, path: str) -> None:
    gateway = await servers.gateway(await servers(report_app), options={"allowed_origins": ["https://portal.example"]})
    own = f"http://127.0.0.1:{gateway.port}"
    hostile = [EVIL, "null", f"https://127.0.0.1:{gateway.port}", "http://127.0.0.1:1", "http://127.0.0.1", ""]
    for origin in [*hostile, "https://portal.example.evil", "https://evil-portal.example"]:
        with pytest.raises(InvalidStatus) as refusal:
            await client(gateway.ws + path, additional_headers={"origin": origin})
        assert refusal.value.response.status_code == 403, origin
    for origin in (own, "https://portal.example", None):
        async with client(gateway.ws + path, origin=origin) as socket:
            assert '"websocket"' in str(await socket.recv())


async def test_s2_the_origin_is_judged_by_the_name_that_the_browser_used_behind_a_proxy(
    servers: Any, report_app: Any
) -> None:
    gateway = await servers.gateway(
        await servers(report_app),
        options={"trust_forwarded_host": True},
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
    )
    said = {"x-forwarded-host": "a.example", "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7"}
    async with client(gateway.ws + "/x", additional_headers={**said, "origin": "https://a.example"}) as socket:
        await socket.recv()
    with pytest.raises(InvalidStatus):
        await client(gateway.ws + "/x", additional_headers={**said, "origin": gateway.base})


async def test_s2_a_page_of_another_origin_can_change_nothing_in_the_ui_and_read_nothing(servers: Any) -> None:
    gateway = await servers.gateway(await servers(open_app, lifespan="off"))
    async with httpx.AsyncClient(trust_env=False) as browser:
        for method in ("PUT", "POST", "DELETE", "PATCH", "OPTIONS"):
            refused = await browser.request(method, gateway.base + "/_stcore/upload_file/a/b", headers={"origin": EVIL})
            assert refused.status_code == 403, method
            assert "access-control-allow-origin" not in refused.headers
        read = await browser.get(gateway.base + "/_stcore/health", headers={"origin": EVIL})
        assert read.status_code == 200
        assert "access-control-allow-origin" not in read.headers
        own = await browser.put(gateway.base + "/x", headers={"origin": gateway.base}, content=b"x")
        assert own.status_code == 200


async def test_s3_proxies_of_the_environment_are_not_used(
    servers: Any, raw_upstream: Any, report_app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del reader
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy")
        await writer.drain()

    proxy = await raw_upstream(serve)
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "WS_PROXY"):
        monkeypatch.setenv(name, proxy.address)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    gateway = await servers.gateway(await servers(report_app))
    async with httpx.AsyncClient(trust_env=False) as browser:
        assert (await browser.get(gateway.base + "/x")).json()["path"] == "/x"
        assert (await browser.get(gateway.base + "/api/readyz")).status_code == 200
    async with client(gateway.ws + "/x") as socket:
        await socket.recv()
    assert proxy.heads == []


async def test_s5_no_secret_of_a_request_gets_into_a_log(
    servers: Any, report_app: Any, raw_upstream: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del reader, writer

    broken = await raw_upstream(serve)
    secret = {"cookie": "session=SECRETCOOKIE", "authorization": "Bearer SECRETTOK"}
    query = "?fluxlit_sid=SECRETSID&Auth_Code=SECRETCODE&mine=SECRETMINE&page=Home"
    keys = {"fluxlit_sid", "auth_code", "Mine"}
    # What logging.config.dictConfig leaves behind when it names "fluxlit": loggers below it forget their levels.
    caplog.set_level(logging.DEBUG, logger="fluxlit.gateway.websocket")
    with caplog.at_level(logging.DEBUG):
        for upstream in (await servers(report_app), broken.address):
            gateway = await servers.gateway(
                upstream, options={"access_log": True, "debug": True, "sensitive_query_keys": keys}
            )
            async with httpx.AsyncClient(trust_env=False) as browser:
                await browser.get(gateway.base + "/drop" + query, headers=secret)
                await browser.get(gateway.base + "/api/drop" + query, headers=secret)
            try:
                async with client(gateway.ws + "/ws" + query, additional_headers=secret) as socket:
                    await socket.recv()
                    await socket.send("SECRETMESSAGE" * 10_000)
                    await socket.recv()
            except InvalidStatus:
                pass
    gateway_records = [
        record for record in caplog.records if record.name.startswith(("fluxlit", "websockets", "aiohttp"))
    ]
    # websockets' own client, the browser of this test, logs what it sends.
    ours = [record for record in gateway_records if record.name != "websockets.client"]
    text = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    assert "page=Home" in text
    assert "SECRET" not in text


async def test_unknown_host_names_are_refused_but_probes_come_by_address(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(
        await servers(report_app), options={"allowed_hosts": ["app.example", "*.inside.example"]}
    )
    async with httpx.AsyncClient(trust_env=False) as browser:
        for host, status in (
            ("app.example", 200),
            ("a.inside.example:1", 200),
            ("evil.example", 400),
            ("10.0.0.1", 400),
        ):
            for path in ("/x", "/api/x"):
                response = await browser.get(gateway.base + path, headers={"host": host})
                assert response.status_code == status, host
        assert (await browser.get(gateway.base + "/api/healthz")).status_code == 200
    with pytest.raises(InvalidStatus) as refusal:
        await client(gateway.ws + "/x")
    assert refusal.value.response.status_code == 400


async def test_security_headers_are_added_where_the_applications_set_none(servers: Any) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse("ok", headers={"x-frame-options": "DENY"})(scope, receive, send)

    gateway = await servers.gateway(
        await servers(app, lifespan="off"),
        api=app,
        options={"ui_security_headers": SecurityHeaders.for_streamlit(), "api_security_headers": SecurityHeaders()},
    )
    async with httpx.AsyncClient(trust_env=False) as browser:
        ui = (await browser.get(gateway.base + "/")).headers
        api = (await browser.get(gateway.base + "/api/")).headers
    for headers in (ui, api):
        assert headers["x-content-type-options"] == "nosniff"
        assert headers.get_list("x-frame-options") == ["DENY"]
    assert "frame-ancestors 'self'" in ui["content-security-policy"]
    assert "content-security-policy" not in api


async def test_cors_concerns_the_api_alone(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(
        await servers(report_app), options={"cors": {"allow_origins": ["https://portal.example"]}}
    )
    origin = {"origin": "https://portal.example"}
    async with httpx.AsyncClient(trust_env=False) as browser:
        assert (await browser.get(gateway.base + "/api/x", headers=origin)).headers["access-control-allow-origin"]
        preflight = {**origin, "access-control-request-method": "PUT"}
        assert (await browser.options(gateway.base + "/api/x", headers=preflight)).status_code == 200
        assert "access-control-allow-origin" not in (await browser.get(gateway.base + "/x", headers=origin)).headers


async def test_a_refused_origin_is_told_to_the_operator_and_not_to_the_page(
    servers: Any, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await servers.gateway(await servers(open_app, lifespan="off"))
    with caplog.at_level(logging.WARNING, logger="fluxlit.gateway"):
        async with httpx.AsyncClient(trust_env=False) as browser:
            response = await browser.post(gateway.base + "/x", headers={"origin": EVIL}, content=b"x")
    assert "evil.example" not in response.text
    assert any("evil.example" in record.getMessage() for record in caplog.records)
