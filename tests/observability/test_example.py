"""`examples/observability` is served as its README says, and tells what happens in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
from prometheus_client.parser import text_string_to_metric_families

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_testing.running_server import RunningServer

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "observability"
# Each process writes its numbers down once a second.
LOOKS = 4_000


def test_the_example_serves_its_metrics_and_logs_json(serve: Callable[..., RunningServer], tmp_path: Path) -> None:
    socket_path = tmp_path / "m.sock"
    arguments = ("--metrics-listen", f"unix:{socket_path}", "--log-format", "json")
    server = serve("app:app", cwd=EXAMPLE, arguments=arguments)
    with StreamlitSession(server.ws_url, headers={"X-Request-ID": "shopper"}) as tab:
        assert "Prices" in tab.run().texts

    transport = httpx2.HTTPTransport(uds=str(socket_path))
    with httpx2.Client(base_url="http://metrics", transport=transport, trust_env=False) as client:

        def told(name: str, **labels: str) -> float:
            text = client.get("/metrics").raise_for_status().text
            samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
            return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())

        assert told("fluxlit_sidecars", state="ready") == 1
        requests, runs = "fluxlit_gateway_requests_total", "fluxlit_page_runs_total"
        assert any(told(requests, method_kind="WEBSOCKET") == 1 for _ in range(LOOKS))
        assert any(told(runs, page="/", trigger="load", outcome="ok") == 1 for _ in range(LOOKS))

    server.output.wait_for("somebody asks for tea", timeout=60)
    lines = [json.loads(line) for line in server.output.text.splitlines() if line.startswith('{"time"')]
    (asked,) = [line for line in lines if line["message"] == "somebody asks for tea"]
    assert (asked["logger"], asked["request_id"]) == ("shop", "shopper")
