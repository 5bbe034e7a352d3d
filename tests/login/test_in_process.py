"""A login with OpenID Connect, tested without a server: `FluxLitTestClient` against the real provider."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import WebSocket
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from fluxlit import FluxLit, FluxlitSettings
from fluxlit.auth import OIDC, CurrentUser
from fluxlit_testing import FluxLitTestClient

BASE = "http://testserver"


def portal(login: dict[str, str]) -> FluxLit:
    app = FluxLit(settings=FluxlitSettings())
    app.protect(
        OIDC(issuer=login["OIDC_ISSUER"], client_id=login["OIDC_CLIENT_ID"], client_secret=login["OIDC_CLIENT_SECRET"])
    )

    @app.api.get("/me")
    def me(user: CurrentUser) -> str:
        return user.id

    @app.api.websocket("/news")
    async def news(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("open")
        async with asyncio.timeout(30):  # the test client itself waits for ever
            async for _text in socket.iter_text():
                pass  # until it ends

    return app


def log_in(api: TestClient, user: str, logins: Any) -> None:
    """As a browser does: to the provider over the network, and back to the application in process."""
    where = httpx.URL(api.get("/api/auth/login?next=/api/me").headers["location"])
    with httpx.Client(timeout=30, trust_env=False) as provider:
        answer = provider.get(where)
        for _step in range(12):
            if answer.is_redirect:
                where = answer.url.join(answer.headers["location"])
                if str(where).startswith(BASE):
                    assert api.get(str(where)).headers["location"] == "/api/me"
                    return
                answer = provider.get(where)
                continue
            action, form = logins.the_form(answer.text)
            filled = {**form, "login": user, "password": "any"} if "login" in form else form
            answer = provider.post(answer.url.join(action), data=filled)
    raise AssertionError(f"the provider sent nobody back, but showed {answer.url}")


def test_an_application_behind_a_login_is_tested_in_process_and_a_logout_closes_its_sockets(
    register: Callable[..., dict[str, str]], logins: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = register(BASE)
    monkeypatch.setenv("NO_PROXY", "*")
    with FluxLitTestClient(portal(login)) as client:
        api = client.api
        api.follow_redirects = False
        assert api.get("/api/me").status_code == 401

        log_in(api, "ada", logins)
        assert api.get("/api/me").json() == "ada"

        with api.websocket_connect("/api/news", headers={"Origin": BASE}) as socket:
            assert socket.receive_text() == "open"
            assert api.get("/api/auth/logout").status_code in {302, 303}
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_text()
            assert closed.value.code == 4401
        assert api.get("/api/me").status_code == 401
