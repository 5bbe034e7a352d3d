"""What surrounds a request to the API, and the hook that sees the gateway's spans."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from fluxlit import FluxLit, FluxlitSettings, reset_trace_hook, set_trace_hook
from fluxlit.errors import StartupError
from fluxlit.observability.metrics_listener import MetricsListener
from fluxlit.observability.observed_api import makes_own_spans
from fluxlit_client.correlation import get_request_id

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from fluxlit.error_reports import ErrorReport


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def application(**settings: Any) -> FluxLit[Any]:
    app = FluxLit(settings=FluxlitSettings(**settings))

    @app.api.get("/id")
    def own_id() -> str | None:
        return get_request_id()

    @app.api.get("/broken")
    async def broken() -> None:
        raise ValueError("no")

    del own_id, broken
    return app


def caller(app: Any) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app, raise_app_exceptions=False), base_url="http://x")


async def test_code_of_a_route_knows_the_id_of_its_request_and_nobody_else_does() -> None:
    async with caller(application()) as client:
        answer = await client.get("/api/id", headers={"x-request-id": "mine"})
        made = await client.get("/api/id")
    assert (answer.json(), answer.headers["x-request-id"]) == ("mine", "mine")
    assert made.json() == made.headers["x-request-id"]
    assert get_request_id() is None


async def test_hooks_hear_of_what_a_route_raises_even_if_one_of_them_raises() -> None:
    app = application()
    told: list[ErrorReport] = []

    @app.on_error
    def bad(report: ErrorReport) -> None:
        raise RuntimeError(f"a hook of no use for {report}")

    assert app.on_error(told.append) == told.append
    async with caller(app) as client:
        assert (await client.get("/api/broken", headers={"x-request-id": "r"})).status_code == 500
        assert (await client.get("/api/nothing")).status_code == 404
    (report,) = told
    assert (report.kind, report.path, report.method, report.request_id) == ("route", "/api/broken", "GET", "r")
    assert isinstance(report.error, ValueError)
    del bad


async def test_a_line_for_each_request_to_the_api_if_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="fluxlit.api"):
        async with caller(application(enable_request_logging=True)) as client:
            await client.get("/api/id")
        async with caller(application()) as client:
            await client.get("/api/id")
    (record,) = [each for each in caplog.records if each.name == "fluxlit.api"]
    assert (record.__dict__["status"], record.__dict__["path"]) == (200, "/api/id")


async def test_c4_a_trace_hook_sees_each_request_of_the_gateway() -> None:
    seen: list[tuple[str, Mapping[str, object]]] = []

    @contextlib.contextmanager
    def hook(name: str, attributes: Mapping[str, object]) -> Generator[None]:
        seen.append((name, attributes))
        yield

    app = application()
    async with caller(app) as client:
        token = set_trace_hook(hook)
        try:
            await client.get("/api/id", headers={"x-request-id": "r-1"})
            await client.get("/page?auth_code=zq1", headers={"x-request-id": "r-2"})
        finally:
            reset_trace_hook(token)
        await client.get("/api/id")
    assert [name for name, _ in seen] == [
        "fluxlit.gateway.request",
        "fluxlit.gateway.request",
        "fluxlit.gateway.upstream_http",
    ]
    assert seen[0][1] == {
        "fluxlit.dispatch": "api",
        "http.method_or_type": "GET",
        "url.path": "/api/id",
        "request_id": "r-1",
    }
    assert set(seen[2][1]) == {"http.request.method", "url.full", "fluxlit.request_id"}
    assert "zq1" not in str(seen)


def test_an_api_that_makes_spans_itself_is_recognised() -> None:
    app = application()
    assert makes_own_spans(app.api)
    assert not makes_own_spans(object())


async def test_metrics_on_a_socket_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "m.sock"
    listener = MetricsListener(f"unix:{path}", lambda: (b"up 1\n", "text/plain"))
    async with listener.running():
        transport = httpx2.AsyncHTTPTransport(uds=str(path))
        async with httpx2.AsyncClient(transport=transport, base_url="http://m") as client:
            assert (await client.get("/metrics")).text == "up 1\n"
            assert (await client.post("/metrics")).status_code == 405
            assert (await client.head("/metrics")).headers["content-length"] == "5"
    assert not path.exists()


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:x", "unix:/no/such/folder/m.sock"])
async def test_an_address_that_cannot_be_served_is_named(address: str) -> None:
    with pytest.raises(StartupError, match="metrics_listen"):
        async with MetricsListener(address, lambda: (b"", "")).running():
            pass
