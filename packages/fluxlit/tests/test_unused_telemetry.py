"""FastAPI's own telemetry: not asked about with each request while unused, and there as soon as somebody uses it."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from fluxlit import FluxLit
from fluxlit.observability.unused_telemetry import UnusedTelemetry

pytestmark = pytest.mark.skipif(
    "_native_telemetry" not in vars(FastAPI()), reason="this FastAPI has no telemetry of its own"
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def provider_and_spans() -> tuple[TracerProvider, InMemorySpanExporter]:
    provider, spans = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return provider, spans


def telemetry_of(api: FastAPI) -> Any:
    return vars(api)["_native_telemetry"]


async def statuses(api: FastAPI, *paths: str) -> list[int]:
    transport = httpx2.ASGITransport(FluxLit(api=api))
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
        return [(await client.get(f"/api{path}")).status_code for path in paths]


def hello() -> str:
    return "hello"


async def test_requests_do_not_ask_for_a_provider_each(monkeypatch: pytest.MonkeyPatch) -> None:
    api = FastAPI()
    router = APIRouter()
    router.add_api_route("/hello", hello)
    api.include_router(router, prefix="/below")
    telemetry, asked = telemetry_of(api), list[bool]()
    enabled = telemetry.enabled
    monkeypatch.setattr(telemetry, "enabled", lambda: asked.append(True) or enabled())
    assert await statuses(api, *["/below/hello"] * 20) == [200] * 20
    assert len(asked) < 5


async def test_an_application_with_a_provider_of_its_own_makes_spans() -> None:
    provider, spans = provider_and_spans()
    api = FastAPI(telemetry={"tracer_provider": provider})
    api.add_api_route("/hello", hello)
    assert await statuses(api, "/hello") == [200]
    assert any("/hello" in span.name for span in spans.get_finished_spans())


async def test_a_mounted_application_with_a_provider_of_its_own_makes_spans() -> None:
    provider, spans = provider_and_spans()
    inner = FastAPI(telemetry={"tracer_provider": provider})
    inner.add_api_route("/hello", hello)
    api = FastAPI()
    api.mount("/inner", inner)
    assert await statuses(api, "/inner/hello") == [200]
    assert spans.get_finished_spans()


def test_a_provider_that_is_set_late_is_seen_a_second_later() -> None:
    api, clock = FastAPI(), Clock()
    unused = UnusedTelemetry(api, clock=clock)
    assert unused.is_certain()
    telemetry_of(api).config["tracer_provider"] = TracerProvider()
    clock.now += 0.5
    assert unused.is_certain()
    clock.now += 0.6
    assert not unused.is_certain()


@pytest.mark.parametrize("api", [object(), hello, None])
def test_of_anything_but_a_fastapi_nothing_is_known(api: object) -> None:
    assert not UnusedTelemetry(api).is_certain()
