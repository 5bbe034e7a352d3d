from __future__ import annotations

import asyncio
from typing import Any

import httpx2 as httpx


class Changing:
    """An upstream whose state a test changes."""

    def __init__(self) -> None:
        self.state = "starting"
        self.found: list[Any] = []
        self.asked = 0

    def targets(self) -> list[Any]:
        self.asked += 1
        return self.found

    def describe(self) -> dict[str, object]:
        return {"sidecars": [{"name": "one", "state": self.state}], "reason": "not yet"}


async def test_h14_probes_tell_the_truth_to_get_and_head_without_asking_the_upstream(
    servers: Any, raw_upstream: Any
) -> None:
    async def serve(reader: Any, writer: Any) -> None:
        del reader, writer

    raw = await raw_upstream(serve)
    gateway = await servers.gateway(raw.address)
    async with httpx.AsyncClient(trust_env=False) as prober:
        health = await prober.get(gateway.base + "/api/healthz")
        assert (health.status_code, health.json()) == (200, {"status": "ok"})
        for name in ("healthz", "readyz", "startupz"):
            head = await prober.head(f"{gateway.base}/api/{name}")
            assert (head.status_code, head.content) == (200, b"")
        ready = (await prober.get(gateway.base + "/api/readyz")).json()
        assert (ready["status"], ready["streamlit"]) == ("ready", "ok")
        answers = await asyncio.gather(*(prober.get(gateway.base + "/api/readyz") for _ in range(60)))
        assert {answer.status_code for answer in answers} == {200}
    assert raw.heads == []


async def test_h14_health_at_the_root_is_health_and_not_the_ui(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app), options={"root_mount": "/m"})
    async with httpx.AsyncClient(trust_env=False) as prober:
        for base in (gateway.base, gateway.base + "/m"):
            assert (await prober.get(base + "/healthz")).json() == {"status": "ok"}
            assert (await prober.get(base + "/m/healthz")).json().get("status") != "ok" or base == gateway.base


async def test_who_withdraws_is_not_ready_and_serves_on(servers: Any, report_app: Any) -> None:
    built = servers.build(await servers(report_app))
    gateway = await servers(built)
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(gateway.base + "/api/readyz")).status_code == 200
        built.withdraw()

        ready = await client.get(gateway.base + "/api/readyz")
        others = [
            (await client.get(gateway.base + path)).status_code for path in ("/api/healthz", "/api/startupz", "/")
        ]

    assert (ready.status_code, ready.json()["detail"]) == (503, "the server is shutting down")
    assert others == [200, 200, 200]


async def test_readiness_follows_the_targets_and_a_start_stays_a_start(servers: Any, report_app: Any) -> None:
    upstream = Changing()
    gateway = await servers.gateway(upstream)
    ui = await servers(report_app)
    async with httpx.AsyncClient(trust_env=False) as prober:

        async def statuses() -> list[int]:
            names = ("healthz", "readyz", "startupz")
            return [(await prober.get(f"{gateway.base}/api/{name}")).status_code for name in names]

        assert await statuses() == [200, 503, 503]
        document = (await prober.get(gateway.base + "/api/readyz")).json()
        assert document == {
            "status": "not_ready",
            "detail": "not yet",
            "sidecars": [{"name": "one", "state": "starting"}],
        }
        upstream.state = "ready"
        upstream.found = list(servers.build(ui.address).upstream.targets())
        assert await statuses() == [200, 200, 200]
        upstream.state, upstream.found = "restarting", []
        assert await statuses() == [200, 503, 200]


async def test_without_a_ui_the_gateway_is_ready_and_says_so(servers: Any) -> None:
    gateway = await servers.gateway(None)
    async with httpx.AsyncClient(trust_env=False) as prober:
        document = (await prober.get(gateway.base + "/api/readyz")).json()
    assert document == {"status": "ready", "streamlit": "not_configured", "sidecars": []}


async def test_other_methods_on_a_health_path_are_the_apis(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app))
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(gateway.base + "/api/healthz")).json()["method"] == "POST"
