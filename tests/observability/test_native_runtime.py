"""Pages in the gateway's own process (`runtime = "native"`) are seen too; an API without telemetry gets a span."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Collector

    from fluxlit_testing.running_server import RunningServer

LOOKS = 4_000
TREE = {"fluxlit.gateway.request", "fluxlit.page.run", "fluxlit.api_call", "fluxlit.api.request"}


@pytest.fixture(scope="module")
def server(serve: Callable[..., RunningServer], collector: Collector) -> RunningServer:
    return serve(
        "spanless:app",
        arguments=("--log-format", "json"),
        FLUXLIT_RUNTIME="native",
        FLUXLIT_ENABLE_GATEWAY_PROMETHEUS_METRICS="1",
        FLUXLIT_ENABLE_OTEL_TRACING="1",
        FLUXLIT_OTEL_BAGGAGE="1",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_BSP_SCHEDULE_DELAY="100",
    )


def visit(server: RunningServer, request_id: str) -> list[str]:
    """What the page shows to a tab that comes with baggage."""
    with StreamlitSession(server.ws_url, headers={"X-Request-ID": request_id, "baggage": "shop=7"}) as tab:
        return tab.run().texts


def test_a_run_is_counted_and_its_lines_have_the_id_of_the_browsers_request(server: RunningServer) -> None:
    def runs() -> float:
        text = httpx2.get(f"{server.base_url}/__fluxlit/metrics", trust_env=False).raise_for_status().text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        labels = {"page": "/", "trigger": "load", "outcome": "ok"}
        return sum(s.value for s in samples if s.name == "fluxlit_page_runs_total" and s.labels == labels)

    before = runs()
    visit(server, "native-1")
    # The tab hears of the end of a run just before it is counted.
    assert any(runs() == before + 1 for _ in range(LOOKS))

    server.output.wait_for("home is drawn.*native-1|native-1.*home is drawn", timeout=60)
    found = [json.loads(line) for line in server.output.text.splitlines() if line.startswith('{"time"')]
    mine: list[dict[str, Any]] = [line for line in found if line.get("request_id") == "native-1"]
    assert {"home is drawn", "the endpoint is asked"} <= {line["message"] for line in mine}


def test_an_api_without_spans_of_its_own_gets_one_below_the_call(server: RunningServer, collector: Collector) -> None:
    visit(server, "native-2")
    spans = collector.wait_for(
        lambda found: {span.name for span in found if span.attributes.get("fluxlit.request_id") == "native-2"} >= TREE
    )
    mine = {span.name: span for span in spans if span.attributes.get("fluxlit.request_id") == "native-2"}
    endpoint = mine["fluxlit.api.request"]
    assert endpoint.attributes["http.response.status_code"] == 200
    assert endpoint.attributes["http.route"] == "/api/baggage"
    assert endpoint.parent == mine["fluxlit.api_call"].span
    assert mine["fluxlit.api_call"].parent == mine["fluxlit.page.run"].span
    assert mine["fluxlit.page.run"].parent == mine["fluxlit.gateway.request"].span
    assert {span.trace for span in mine.values()} == {endpoint.trace}


def test_baggage_goes_on_through_the_page_to_the_endpoint(server: RunningServer) -> None:
    headers = {"baggage": "shop=8"}
    direct = httpx2.get(f"{server.base_url}/api/baggage", headers=headers, trust_env=False).json()
    assert direct == {"shop": "8"}
    assert "page 7, endpoint 7" in visit(server, "native-3")
