"""One scrape tells of all workers and sidecars, on an address that need not be public."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import httpx2
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer

# Each process writes its numbers down once a second.
LOOKS = 4_000

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def socket_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("m") / "m.sock"


@pytest.fixture(scope="module")
def server(serve: Callable[..., RunningServer], socket_path: Path) -> RunningServer:
    return serve(arguments=("--workers", "2", "--sidecars", "2", "--metrics-listen", f"unix:{socket_path}"))


@pytest.fixture
def scrape(server: RunningServer, socket_path: Path) -> Iterator[Callable[[], Series]]:
    del server
    transport = httpx2.HTTPTransport(uds=str(socket_path))
    with httpx2.Client(base_url="http://metrics", transport=transport, trust_env=False) as client:

        def look() -> Series:
            answer = client.get("/metrics").raise_for_status()
            assert answer.headers["content-type"].startswith("text/plain")
            return {
                (sample.name, frozenset(sample.labels.items())): sample.value
                for family in text_string_to_metric_families(answer.text)
                for sample in family.samples
            }

        yield look


def total(found: Series, name: str, **labels: str) -> float:
    return sum(value for (known, had), value in found.items() if known == name and labels.items() <= dict(had).items())


def when(scrape: Callable[[], Series], condition: Callable[[Series], bool]) -> Series:
    """The first scrape that meets the condition."""
    found: Series = {}
    for _ in range(LOOKS):
        found = scrape()
        if condition(found):
            return found
    raise AssertionError(found)


def test_one_scrape_adds_up_workers_and_sidecars(server: RunningServer, scrape: Callable[[], Series]) -> None:
    before = scrape()
    with StreamlitSession(server.ws_url) as one, StreamlitSession(server.ws_url) as two:
        one.run(page="slow")
        two.click(two.run().widget_id("Part"))
        with httpx2.Client(base_url=server.base_url, trust_env=False, headers={"connection": "close"}) as client:
            # Connections of their own are spread over the workers by the kernel.
            for _ in range(20):
                client.get("/api/items/1").raise_for_status()

        def arrived(found: Series) -> bool:
            name, runs = "fluxlit_gateway_requests_total", "fluxlit_page_runs_total"
            return (
                total(found, name, dispatch="api") - total(before, name, dispatch="api") == 20
                and total(found, runs) - total(before, runs) >= 3
                and total(found, "fluxlit_gateway_websockets_open") == 2
                # Learnt with the pool's next probe of each sidecar.
                and total(found, "fluxlit_sidecar_sessions") == 2
            )

        during = when(scrape, arrived)
    assert total(during, "fluxlit_gateway_workers") == 2
    assert total(during, "fluxlit_sidecars", state="ready") == 2
    assert total(during, "fluxlit_sidecar_sessions") == 2
    assert total(during, "fluxlit_sidecar_memory_bytes", slot="1") > 10_000_000
    assert 0 < total(during, "fluxlit_sidecar_ready_seconds", slot="2") < 120

    def grown(name: str, **labels: str) -> float:
        return total(during, name, **labels) - total(before, name, **labels)

    assert grown("fluxlit_page_runs_total", page="/slow", outcome="ok") == 1
    assert grown("fluxlit_page_runs_total", page="/", trigger="fragment") == 1
    assert grown("fluxlit_page_run_duration_seconds_count", page="/slow") == 1
    assert total(during, "fluxlit_gateway_websocket_bytes_total", direction="out") > 1_000


def test_counts_survive_the_process_that_counted(server: RunningServer, scrape: Callable[[], Series]) -> None:
    with StreamlitSession(server.ws_url) as tab:
        tab.run(page="slow")
    name = "fluxlit_page_runs_total"
    known = when(scrape, lambda found: total(found, name, page="/slow") >= 1)
    sidecars = [
        child
        for child in psutil.Process(server.process.pid).children(recursive=True)
        if "fluxlit_sidecar.streamlit_server" in " ".join(child.cmdline())
    ]
    assert sidecars
    for sidecar in sidecars:
        sidecar.send_signal(signal.SIGKILL)
    after = when(scrape, lambda found: total(found, "fluxlit_sidecar_restarts_total") >= 1)
    assert total(after, name, page="/slow") >= total(known, name, page="/slow")
    # For the other tests of this server.
    when(scrape, lambda found: total(found, "fluxlit_sidecars", state="ready") == 2)


def test_metrics_with_an_address_of_their_own_are_not_public(server: RunningServer) -> None:
    answer = httpx2.get(f"{server.base_url}/__fluxlit/metrics", trust_env=False)
    assert "fluxlit_gateway_requests_total" not in answer.text
