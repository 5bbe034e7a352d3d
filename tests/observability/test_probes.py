"""Probes tell the truth at start, in a crash, while sidecars are replaced, under a subpath and on a saturated API."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx2
import psutil
import pytest

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer

NAMES = ("healthz", "readyz", "startupz")
# What anyio gives synchronous endpoints; one more waits for a thread.
THREADS = 40
RELOADED = """
from fluxlit import FluxLit

app = FluxLit()


@app.api.get("/answer")
def answer() -> int:
    return ANSWER


@app.page("/")
def home(st):
    st.title("Home")
"""


@pytest.fixture(scope="module")
def server(serve: Callable[..., RunningServer]) -> RunningServer:
    return serve(FLUXLIT_ROOT_PATH="/team/shop")


@pytest.fixture
def client(server: RunningServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.base_url, trust_env=False, timeout=60) as client:
        yield client


def probe(client: httpx2.Client, name: str, *, mount: str = "/team/shop") -> tuple[int, dict[str, Any]]:
    answer = client.get(f"{mount}/api/{name}")
    return answer.status_code, answer.json()


def states(client: httpx2.Client) -> list[str]:
    return [sidecar["state"] for sidecar in probe(client, "readyz")[1]["sidecars"]]


def when(client: httpx2.Client, condition: Callable[[int, dict[str, Any]], bool]) -> None:
    """Ask until readiness is as expected; asking is cheap, and the server's own work sets the pace."""
    for _ in range(50_000):
        if condition(*probe(client, "readyz")):
            return
    raise AssertionError(probe(client, "readyz"))


def sidecar_of(server: RunningServer) -> psutil.Process:
    (found,) = [
        child
        for child in psutil.Process(server.process.pid).children(recursive=True)
        if "fluxlit_sidecar.streamlit_server" in " ".join(child.cmdline())
    ]
    return found


@pytest.mark.parametrize("mount", ["/team/shop", ""])
def test_under_a_subpath_each_probe_answers_with_the_mount_and_without(client: httpx2.Client, mount: str) -> None:
    for name in NAMES:
        assert probe(client, name, mount=mount)[0] == 200
        assert client.head(f"{mount}/api/{name}").status_code == 200
    assert states(client) == ["ready"]


def test_a_saturated_api_is_still_alive_and_ready(client: httpx2.Client, server: RunningServer) -> None:
    with ThreadPoolExecutor(THREADS + 5) as pool:
        limits = httpx2.Limits(max_connections=THREADS + 5)
        with httpx2.Client(base_url=server.base_url, trust_env=False, timeout=60, limits=limits) as busy:
            begun = threading.Barrier(THREADS + 6)

            def occupy(_: int) -> int:
                begun.wait(60)
                return busy.get("/team/shop/api/stuck").status_code

            answers = pool.map(occupy, range(THREADS + 5))
            begun.wait(60)
            for name in NAMES:
                assert probe(client, name)[0] == 200
            client.get("/team/shop/api/unstick").raise_for_status()
            assert set(answers) == {200}


def test_a_crash_and_a_replacement_are_told_while_they_last(client: httpx2.Client, server: RunningServer) -> None:
    before = sidecar_of(server)
    before.send_signal(signal.SIGKILL)
    when(client, lambda status, _: status == 503)
    # The API's process has nothing to do with it, and a start is not undone.
    assert probe(client, "healthz") == (200, {"status": "ok"})
    assert probe(client, "startupz")[0] == 200
    when(client, lambda status, body: status == 200 and body["sidecars"][0]["restarts"] == 1)

    server.signal(signal.SIGHUP)
    seen_unready: list[int] = []

    def replaced(status: int, body: dict[str, Any]) -> bool:
        seen_unready.append(status)
        return [each["state"] for each in body["sidecars"]] == ["ready"] and sidecar_of_name(body) != first

    first = sidecar_of_name(probe(client, "readyz")[1])
    when(client, replaced)
    assert set(seen_unready) == {200}, "a replacement starts before the old sidecar goes"


def test_a_long_drain_is_told_and_hides_nothing(client: httpx2.Client, server: RunningServer) -> None:
    when(client, lambda _, body: [each["state"] for each in body["sidecars"]] == ["ready"])
    old = sidecar_of_name(probe(client, "readyz")[1])
    with StreamlitSession(f"{server.ws_url}/team/shop") as tab:
        again = tab.run().widget_id("Again")
        server.signal(signal.SIGHUP)
        when(client, lambda _, body: {each["state"] for each in body["sidecars"]} == {"ready", "draining"})
        # It lasts as long as the tab is open, up to the drain timeout; each of these takes its own time.
        for _ in range(20):
            assert [probe(client, name)[0] for name in NAMES] == [200, 200, 200]
        assert "again" in tab.click(again).texts
        told = {each["name"]: each["state"] for each in probe(client, "readyz")[1]["sidecars"]}
        assert told.pop(old) == "draining"
        assert list(told.values()) == ["ready"]
    when(client, lambda _, body: [each["name"] for each in body["sidecars"]] == list(told))
    assert probe(client, "readyz")[0] == 200


def test_a_reload_in_development_is_told_and_leaves_the_sidecar_ready(
    serve: Callable[..., RunningServer], tmp_path: Path
) -> None:
    module = tmp_path / "reloaded.py"
    module.write_text(RELOADED.replace("ANSWER", "1"))
    server = serve("reloaded:app", cwd=tmp_path, command=("-m", "fluxlit", "dev"), arguments=("--reload",))
    with httpx2.Client(base_url=server.base_url, trust_env=False, timeout=60) as client:
        before = sidecar_of_name(probe(client, "readyz", mount="")[1])
        module.write_text(RELOADED.replace("ANSWER", "2"))
        server.output.wait_for(r"reloaded\.py changed; reloading", timeout=60)
        seen: set[tuple[str, int]] = set()
        # Over connections of their own: the old process closes those that it had.
        anew = {"connection": "close"}
        for _ in range(50_000):
            seen |= {(name, client.get(f"/api/{name}", headers=anew).status_code) for name in NAMES}
            if client.get("/api/answer", headers=anew).json() == 2:
                break
        # Between the two processes the port holds connections back: nobody is refused, and nothing is made up.
        assert seen <= {("healthz", 200), *((name, status) for name in ("readyz", "startupz") for status in (200, 503))}
        server.output.wait_for("UI ready", timeout=90, nth=2)
        status, body = probe(client, "readyz", mount="")
        assert (status, sidecar_of_name(body)) == (200, before)
        assert probe(client, "startupz", mount="")[0] == 200


def sidecar_of_name(body: dict[str, Any]) -> str:
    return body["sidecars"][0]["name"]


def test_while_the_ui_starts_the_process_is_alive_and_not_ready(serve: Callable[..., RunningServer]) -> None:
    server = serve(ui=False, FLUXLIT_SIDECAR_START_TIMEOUT_S="60")
    with httpx2.Client(base_url=server.base_url, trust_env=False, timeout=60) as client:
        status, body = probe(client, "readyz", mount="")
        if status == 503:
            assert body["status"] == "not_ready"
            assert probe(client, "startupz", mount="")[0] in {200, 503}
        assert probe(client, "healthz", mount="") == (200, {"status": "ok"})
        server.output.wait_for(r"UI (?:is )?ready", timeout=90)
        assert probe(client, "readyz", mount="")[0] == probe(client, "startupz", mount="")[0] == 200
