"""What is counted, and that one scrape adds up what several processes have counted."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.responses import PlainTextResponse
from websockets.asyncio.client import connect as open_socket

from fluxlit_gateway import GATEWAY_PROMETHEUS_METRICS, GatewayConfigurationError, get_gateway_prom_metrics
from fluxlit_gateway.metrics import METRICS, MetricStore, Snapshot, merged
from fluxlit_gateway.metrics.exposition import exposition
from fluxlit_gateway.metrics.shared_files import MetricFolder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def series(text: str) -> Series:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Series, name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0.0)


async def scrape(gateway: Any, path: str = "/__fluxlit/metrics") -> Series:
    async with httpx.AsyncClient(trust_env=False) as client:
        return series((await client.get(gateway.base + path)).text)


async def test_requests_are_counted_by_where_they_went_and_how_they_ended(servers: Any, report_app: Any) -> None:
    options = {"metrics_path": "/__fluxlit/metrics", "root_mount": "/m", "max_proxy_body_bytes": 10}
    gateway = await servers.gateway(await servers(report_app), options=options)
    before = await scrape(gateway, "/m/__fluxlit/metrics")
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get(gateway.base + "/api/x")
        await client.request("PROPFIND", gateway.base + "/api/x")
        assert (await client.post(gateway.base + "/page", content=b"x" * 20)).status_code == 413
        async with open_socket(gateway.ws + "/ws", proxy=None) as socket:
            first = await socket.recv()
            during = await scrape(gateway)
        await servers.stop_one(gateway)
    after = series(get_gateway_prom_metrics().text(gateway_upstream())[0].decode())

    def grown(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert grown("fluxlit_gateway_requests_total", dispatch="api", method_kind="GET") == 1
    assert grown("fluxlit_gateway_requests_total", dispatch="api", method_kind="OTHER") == 1
    assert grown("fluxlit_gateway_requests_total", dispatch="streamlit", method_kind="WEBSOCKET") == 1
    assert grown("fluxlit_gateway_request_duration_seconds_count", dispatch="api") == 2
    assert grown("fluxlit_gateway_responses_total", dispatch="api", status_class="2xx") == 2
    assert grown("fluxlit_gateway_responses_total", dispatch="streamlit", status_class="4xx") == 1
    assert grown("fluxlit_gateway_limit_refusals_total", limit="body") == 1
    assert grown("fluxlit_gateway_websocket_bytes_total", direction="out") == len(first)
    assert value(during, "fluxlit_gateway_websockets_open") - value(before, "fluxlit_gateway_websockets_open") == 1
    # The scrape itself is the one that is in flight.
    assert value(during, "fluxlit_gateway_requests_in_flight") == 1
    assert not any("PROPFIND" in str(labels) for _, labels in after)
    assert value(after, "fluxlit_gateway_memory_bytes") > 1_000_000


async def test_an_apis_own_429_is_no_refusal_by_a_limit_and_that_of_a_layer_is(servers: Any) -> None:
    def limiting(app: Any) -> Any:
        async def layer(scope: Any, receive: Any, send: Any) -> None:
            refuses = scope["path"] == "/api/limited"
            await (PlainTextResponse("slower", 429) if refuses else app)(scope, receive, send)

        return layer

    options = {"metrics_path": "/__fluxlit/metrics"}
    own = PlainTextResponse("busy", 429)
    for layers in ((), (limiting,)):
        gateway = await servers.gateway(api=own, options=options, layers=layers, lifespan="off")
        before = await scrape(gateway)
        async with httpx.AsyncClient(trust_env=False) as client:
            # The second one is looked at closely, for its header.
            for headers in ({}, {"x-forwarded-for": "1.2.3.4"}):
                assert (await client.get(gateway.base + "/api/busy", headers=headers)).text == "busy"
            limited = await client.get(gateway.base + "/api/limited")
        after = await scrape(gateway)
        refused, answered = "fluxlit_gateway_limit_refusals_total", "fluxlit_gateway_responses_total"
        assert limited.status_code == 429
        assert value(after, refused, limit="rate") - value(before, refused, limit="rate") == len(layers)
        labels = {"dispatch": "api", "status_class": "4xx"}
        assert value(after, answered, **labels) - value(before, answered, **labels) == 3


def gateway_upstream() -> Any:
    from fluxlit_gateway.upstream.static import NoUpstream

    return NoUpstream()


async def test_metrics_are_not_served_to_a_post(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app), options={"metrics_path": "/__fluxlit/metrics"})
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(gateway.base + "/__fluxlit/metrics")).json()["method"] == "POST"


def test_the_two_promised_metrics_have_their_names_labels_and_buckets() -> None:
    assert [(metric["name"], metric["type"], metric["labels"]) for metric in GATEWAY_PROMETHEUS_METRICS] == [
        ("fluxlit_gateway_requests_total", "counter", ("dispatch", "method_kind")),
        ("fluxlit_gateway_request_duration_seconds", "histogram", ("dispatch",)),
    ]
    store = MetricStore()
    store.observe("fluxlit_gateway_request_duration_seconds", ("api",), 0.3)
    text = exposition(store.snapshot())[0].decode()
    bounds = [
        sample.labels["le"]
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "fluxlit_gateway_request_duration_seconds_bucket"
    ]
    numbers = "0.001 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 5.0 10.0 +Inf"
    assert bounds == numbers.split()
    found = series(text)
    name = "fluxlit_gateway_request_duration_seconds_bucket"
    assert [value(found, name, dispatch="api", le=bound) for bound in ("0.25", "0.5", "+Inf")] == [0, 1, 1]


def test_every_metric_of_the_catalogue_can_be_shown() -> None:
    store = MetricStore()
    for metric in METRICS:
        labels = tuple("x" for _ in metric.labels)
        if metric.type == "histogram":
            store.observe(metric.name, labels, 1.0)
        else:
            store.add(metric.name, labels, 2)
    names = {name for name, _ in series(exposition(store.snapshot(), with_process_metrics=False)[0].decode())}
    for metric in METRICS:
        expected = f"{metric.name}_count" if metric.type == "histogram" else metric.name
        assert expected in names


def test_a_client_or_a_page_cannot_fill_the_memory_with_labels() -> None:
    store = MetricStore()
    for number in range(5_000):
        store.add("fluxlit_page_runs_total", (str(number), "load", "ok"))
        store.observe("fluxlit_page_run_duration_seconds", (str(number),), 1)
    assert len(store.snapshot().values["fluxlit_page_runs_total"]) == 2_000
    assert len(store.snapshot().histograms["fluxlit_page_run_duration_seconds"]) == 2_000


COUNTING = """
import sys
from pathlib import Path
from fluxlit_gateway.metrics import MetricStore
from fluxlit_gateway.metrics.shared_files import MetricFolder
store = MetricStore()
folder = MetricFolder(Path(sys.argv[1]), store)
folder.start()
store.add("fluxlit_gateway_requests_total", ("api", "GET"), 5)
store.add("fluxlit_gateway_websockets_open", (), 3)
store.observe("fluxlit_page_run_duration_seconds", ("/",), 0.2)
folder.stop()
print("counted", flush=True)
sys.stdin.read()
"""


def numbers_of(snapshot: Snapshot) -> Mapping[str, float]:
    return {name: sum(by.values()) for name, by in snapshot.values.items()}


def test_one_look_adds_up_live_processes_and_what_dead_ones_have_counted(tmp_path: Path) -> None:
    own = MetricStore()
    folder = MetricFolder(tmp_path / "metrics", own)
    folder.start()
    own.add("fluxlit_gateway_requests_total", ("api", "GET"))
    other = subprocess.Popen(
        [sys.executable, "-c", COUNTING, str(tmp_path / "metrics")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "counted\n"
        live = folder.total()
        other.kill()
        other.wait(timeout=30)
    after = folder.total()
    assert numbers_of(live)["fluxlit_gateway_requests_total"] == 6
    assert numbers_of(live)["fluxlit_gateway_websockets_open"] == 3
    assert sum(live.histograms["fluxlit_page_run_duration_seconds"]["/",][:-1]) == 1
    # A count stays true of a process that was killed; its open sockets do not.
    assert numbers_of(after)["fluxlit_gateway_requests_total"] == 6
    assert "fluxlit_gateway_websockets_open" not in numbers_of(after)
    folder.stop()

    heir = MetricStore()
    (tmp_path / "metrics" / f"{os.getpid()}.json").unlink()
    MetricFolder(tmp_path / "metrics", heir).total()
    successor = MetricFolder(tmp_path / "metrics", heir)
    successor.start()
    successor.stop()
    assert numbers_of(successor.total())["fluxlit_gateway_requests_total"] == 5
    assert len(list((tmp_path / "metrics").glob("*.json"))) == 1


def test_a_half_written_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text("{", encoding="utf-8")
    (tmp_path / "lock").touch()
    assert MetricFolder(tmp_path, MetricStore()).total() == merged([])


def test_metrics_without_their_library_fail_at_start_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    # Without the cache in front: another test may have asked before.
    uncached = inspect.unwrap(get_gateway_prom_metrics)
    with pytest.raises(GatewayConfigurationError, match=r"fluxlit-gateway\[metrics\]"):
        uncached()


async def test_the_debug_page_is_readable_by_people_and_shows_no_secret(servers: Any, report_app: Any) -> None:
    options: dict[str, Any] = {
        "debug": True,
        "title": "<Shop>",
        "debug_settings": {"jwt_hs256_secret": "zq1", "title": "x"},
        "debug_routes": ({"path": "/api/items", "methods": "GET"},),
    }
    gateway = await servers.gateway(await servers(report_app), options=options)
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get(gateway.base + "/page?auth_code=zq2&next=%3Cscript%3E")
        page = await client.get(gateway.base + "/__fluxlit/debug", headers={"accept": "text/html"})
        data = (await client.get(gateway.base + "/__fluxlit/debug")).json()
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for shown in ("&lt;Shop&gt;", "/page", "/api/items", "Last requests"):
        assert shown in page.text
    assert "<script" not in page.text
    assert "zq" not in page.text
    assert "zq" not in str(data)
    assert data["settings"]["jwt_hs256_secret"] == "<redacted>"
    assert data["routes"] == [{"path": "/api/items", "methods": "GET"}]
