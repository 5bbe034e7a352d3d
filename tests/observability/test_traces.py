"""One tree of spans from a click to the endpoint behind the page, sent to a real collector."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from fluxlit.observability.tracing.carriers import context_of, with_context
from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Collector, SentSpan

    from fluxlit_testing.running_server import RunningServer

QUICKSTART = Path(__file__).resolve().parents[2] / "examples" / "quickstart"


@pytest.fixture(scope="module")
def server(serve: Callable[..., RunningServer], collector: Collector) -> RunningServer:
    return serve(
        "app:app",
        cwd=QUICKSTART,
        FLUXLIT_ENABLE_OTEL_TRACING="1",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_BSP_SCHEDULE_DELAY="100",
    )


def of_request(spans: list[SentSpan], request_id: str) -> list[SentSpan]:
    """All spans of the trace in which the request with this id was served."""
    traces = {span.trace for span in spans if span.attributes.get("fluxlit.request_id") == request_id}
    return [span for span in spans if span.trace in traces]


def path_to_root(span: SentSpan, spans: list[SentSpan]) -> list[str]:
    by_id = {each.span: each for each in spans}
    names = [span.name]
    while span.parent in by_id:
        span = by_id[span.parent]
        names.append(span.name)
    return names


def test_one_click_is_one_tree_from_the_browser_to_the_endpoint(server: RunningServer, collector: Collector) -> None:
    with StreamlitSession(server.ws_url, headers={"X-Request-ID": "click-1"}) as tab:
        tab.click(tab.run().widget_id("Refresh"))

    def complete(spans: list[SentSpan]) -> bool:
        mine = of_request(spans, "click-1")
        return sum(span.name == "GET /api/users" for span in mine) == 2 and any(
            span.attributes.get("fluxlit.trigger") == "widget" for span in mine
        )

    spans = of_request(collector.wait_for(complete), "click-1")
    assert len({span.trace for span in spans}) == 1
    (root,) = [span for span in spans if not span.parent]
    assert root.name == "fluxlit.gateway.request"
    known = {span.span for span in spans}
    assert all(span.parent in known for span in spans if span is not root)
    for endpoint in (span for span in spans if span.name == "GET /api/users"):
        assert path_to_root(endpoint, spans) == [
            "GET /api/users",
            "fluxlit.api_call",
            "fluxlit.page.run",
            "fluxlit.sidecar.request",
            "fluxlit.gateway.request",
        ]
    runs = [span.attributes for span in spans if span.name == "fluxlit.page.run"]
    assert sorted(run["fluxlit.trigger"] for run in runs) == ["load", "widget"]
    assert {run["fluxlit.page"] for run in runs} == {"/"}
    assert len({run["fluxlit.session_id"] for run in runs}) == 1
    assert {span.service for span in spans} == {"Admin Portal"}


def test_a_request_to_the_api_has_one_span_of_the_gateway_and_one_of_fastapi(
    server: RunningServer, collector: Collector
) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    headers = {"traceparent": parent, "x-request-id": "direct-1", "baggage": "who=me"}
    query = {"auth_code": "zq111", "next": "/x?token=zq222"}
    httpx2.get(f"{server.base_url}/api/users", headers=headers, params=query, trust_env=False).raise_for_status()

    def complete(spans: list[SentSpan]) -> bool:
        return {"fluxlit.gateway.request", "GET /api/users"} <= {each.name for each in of_request(spans, "direct-1")}

    spans = of_request(collector.wait_for(complete), "direct-1")
    assert {span.trace for span in spans} == {"0af7651916cd43dd8448eb211c80319c"}
    (gateway,) = [span for span in spans if span.name == "fluxlit.gateway.request"]
    (endpoint,) = [span for span in spans if span.name == "GET /api/users"]
    assert gateway.parent == "b7ad6b7169203331"
    assert endpoint.parent == gateway.span
    assert gateway.attributes["http.response.status_code"] == 200
    assert b"zq111" not in collector.raw
    assert b"zq222" not in collector.raw


def test_baggage_of_a_browser_stays_behind_unless_it_is_asked_for() -> None:
    sent = [(b"baggage", b"who=me"), (b"accept", b"*/*")]
    assert with_context(sent, context_of(sent, baggage=False)) == [(b"accept", b"*/*")]
    assert (b"baggage", b"who=me") in with_context(sent, context_of(sent, baggage=True))


def test_pages_and_files_of_the_ui_are_traced_through_the_sidecar(server: RunningServer, collector: Collector) -> None:
    answer = httpx2.get(f"{server.base_url}/_stcore/health", headers={"x-request-id": "file-1"}, trust_env=False)
    assert answer.headers["x-request-id"] == "file-1"
    spans = collector.wait_for(lambda found: len(of_request(found, "file-1")) == 2)
    by_name = {span.name: span for span in of_request(spans, "file-1")}
    assert by_name["fluxlit.sidecar.request"].parent == by_name["fluxlit.gateway.request"].span
