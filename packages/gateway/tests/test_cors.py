"""Cross-origin access to the API, over real requests of a browser's shape."""

from typing import Any

import pytest
from pydantic import JsonValue

from fluxlit_gateway.asgi import ASGIApp
from fluxlit_gateway.cors import CorsOptions, with_cors
from fluxlit_gateway.errors import GatewayConfigurationError

PORTAL = "https://portal.example.com"


async def api(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"vary", b"Accept")]})
    await send({"type": "http.response.body", "body": b"{}", "more_body": False})


async def answer(app: ASGIApp, method: str, **headers: str) -> tuple[int, dict[str, str]]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await app({"type": "http", "method": method, "path": "/", "headers": raw}, receive, send)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


async def preflight(app: ASGIApp, origin: str) -> tuple[int, dict[str, str]]:
    return await answer(
        app,
        "OPTIONS",
        origin=origin,
        access_control_request_method="PATCH",
        access_control_request_headers="x-anything",
    )


def test_without_origins_the_application_stays_as_it_is() -> None:
    assert with_cors(api, CorsOptions()) is api
    assert with_cors(api, CorsOptions(allow_credentials=True, middleware_kwargs={"max_age": 5})) is api


async def test_an_allowed_origin_may_read_answers_and_use_any_method_and_header() -> None:
    app = with_cors(api, CorsOptions(allow_origins=(PORTAL,)))

    status, headers = await preflight(app, PORTAL)
    assert status == 200
    assert headers["access-control-allow-origin"] == PORTAL
    assert "PATCH" in headers["access-control-allow-methods"]
    assert headers["access-control-allow-headers"] == "x-anything"
    assert "access-control-allow-credentials" not in headers

    _, headers = await answer(app, "GET", origin=PORTAL)
    assert headers["access-control-allow-origin"] == PORTAL
    assert "Origin" in headers["vary"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://portal.example.com", f"{PORTAL}.evil.example"]
)
async def test_another_origin_gets_no_permission(origin: str) -> None:
    app = with_cors(api, CorsOptions(allow_origins=(PORTAL,), allow_credentials=True))

    status, refused = await preflight(app, origin)
    _, plain = await answer(app, "GET", origin=origin)

    assert status == 400
    assert "access-control-allow-origin" not in refused | plain


async def test_credentials_are_allowed_when_the_setting_says_so() -> None:
    app = with_cors(api, CorsOptions(allow_origins=(PORTAL,), allow_credentials=True))

    _, headers = await answer(app, "GET", origin=PORTAL)

    assert headers["access-control-allow-credentials"] == "true"


async def test_every_origin_without_credentials_is_an_asterisk(caplog: pytest.LogCaptureFixture) -> None:
    _, headers = await answer(with_cors(api, CorsOptions(allow_origins=("*",))), "GET", origin=PORTAL)

    assert headers["access-control-allow-origin"] == "*"
    assert caplog.text == ""


def test_every_origin_with_credentials_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    with_cors(api, CorsOptions(allow_origins=("*",), allow_credentials=True))

    assert "name the origins instead" in caplog.text


async def test_further_arguments_reach_starlette_but_not_those_with_a_setting() -> None:
    further: dict[str, JsonValue] = {
        "max_age": 5,
        "expose_headers": ["X-Total"],
        "allow_origin_regex": r"https://[a-z]+\.example\.com",
        "allow_origins": ["*"],
        "allow_credentials": True,
        "allow_methods": ["GET"],
        "allow_headers": [],
    }
    app = with_cors(api, CorsOptions(middleware_kwargs=further))

    _, asked = await preflight(app, PORTAL)
    _, got = await answer(app, "GET", origin=PORTAL)
    _, other = await answer(app, "GET", origin="https://evil.example")

    assert asked["access-control-max-age"] == "5"
    assert "PATCH" in asked["access-control-allow-methods"]
    assert got["access-control-expose-headers"] == "X-Total"
    assert got["access-control-allow-origin"] == PORTAL
    assert "access-control-allow-credentials" not in got
    assert "access-control-allow-origin" not in other


@pytest.mark.parametrize("further", [{"max_ages": 5}, {"allow_origin_regex": "("}, {"expose_headers": 5}])
def test_an_argument_that_starlette_does_not_take_is_an_error_at_start(further: dict[str, JsonValue]) -> None:
    with pytest.raises(GatewayConfigurationError, match=r"cors_middleware_kwargs=\{.*allow_origin_regex, expose"):
        with_cors(api, CorsOptions(allow_origins=(PORTAL,), middleware_kwargs=further))
