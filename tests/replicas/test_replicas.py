"""Whichever replica answers, the state is the same; and a rolling restart loses nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from uuid import uuid4

import pytest

from fluxlit_testing.streamlit_session import ScriptRun, StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2
    from conftest import Cluster, Load

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]


def url_session(run: ScriptRun) -> str:
    """The query that the page has put into the address."""
    queries = [message.page_info_changed.query_string for message in run.messages]
    return next(query for query in queries if "fluxlit_sid" in parse_qs(query))


def cookies(http: httpx2.Client) -> dict[str, str]:
    http.get("/", headers={"accept": "text/html"})
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in http.cookies.items())}


def replica_of(run: ScriptRun) -> str:
    return next(text for text in run.texts if text.startswith("replica: ")).removeprefix("replica: ")


def test_without_stickiness_each_replica_knows_what_another_was_told(loose: Cluster) -> None:
    number = uuid4().hex
    with loose.client() as http:
        writer = http.post(f"/api/orders/{number}").json()
        readers = {http.get("/api/replica").json(): http.get(f"/api/orders/{number}").json() for _ in range(3)}
        again = [http.post(f"/api/orders/{number}").status_code for _ in range(2)]

    assert set(http_replicas(loose)) == {"one", "two"}
    assert list(readers.values()) == [{"by": writer}] * len(readers)
    assert again == [409, 409]


def http_replicas(cluster: Cluster) -> list[str]:
    with cluster.client() as http:
        return [http.get("/api/replica").json() for _ in range(4)]


def test_a_one_time_code_is_good_once_whoever_is_asked(loose: Cluster) -> None:
    code = uuid4().hex
    with loose.client() as http:
        assert http.post(f"/api/codes/{code}").status_code == 200
        with ThreadPoolExecutor(8) as pool:
            answers = [answer.json() for answer in pool.map(http.post, [f"/api/codes/{code}/redeem"] * 16)]

    assert {answer["replica"] for answer in answers} == {"one", "two"}
    assert [answer["token"] for answer in answers if answer["token"]] == [f"token of {code}"]


def visit(cluster: Cluster, query: str = "") -> ScriptRun:
    """A page load in a tab of its own."""
    with StreamlitSession(cluster.ws_url) as tab:
        return tab.run(query=query)


def test_a_url_session_is_the_same_on_every_replica(loose: Cluster) -> None:
    first = visit(loose)
    later = [visit(loose, url_session(first)) for _ in range(5)]

    assert {replica_of(run) for run in later} == {"one", "two"}
    assert [text for run in [first, *later] for text in run.texts if "visits" in text] == [
        f"visits: {number}" for number in range(1, 7)
    ]


def test_a_visitors_session_is_the_same_on_every_replica(loose: Cluster) -> None:
    with loose.client() as http:
        headers = cookies(http)
    runs: list[ScriptRun] = []
    for _ in range(6):
        with StreamlitSession(loose.ws_url, headers=headers) as tab:
            runs.append(tab.run(page="kept"))

    assert {replica_of(run) for run in runs} == {"one", "two"}
    assert [text for run in runs for text in run.texts if "visits" in text] == [f"visits: {n}" for n in range(1, 7)]


def test_a_rate_limit_holds_for_all_replicas_together(loose: Cluster) -> None:
    with loose.client() as http:
        answers = [http.get("/api/limited") for _ in range(20)]

    assert [answer.status_code for answer in answers] == [200] * 12 + [429] * 8
    assert {answer.json() for answer in answers[:12]} == {"one", "two"}
    assert int(answers[-1].headers["retry-after"]) > 0


def test_with_stickiness_a_browser_stays_where_its_tab_is(sticky: Cluster) -> None:
    homes: set[str] = set()
    for _ in range(4):
        with sticky.client() as http, StreamlitSession(sticky.ws_url, headers=cookies(http)) as tab:
            home = replica_of(tab.run())
            assert {http.get("/api/replica").json() for _ in range(4)} == {home}
            homes.add(home)

    assert len(homes) > 1, "one replica alone proves nothing"


def test_a_rolling_restart_loses_no_request_and_no_state(sticky: Cluster, load: Callable[..., Load]) -> None:
    queries: dict[str, int] = {}
    for number in range(3):
        query = url_session(visit(sticky))
        for _ in range(number):
            visit(sticky, query)
        queries[query] = number + 1

    with load(sticky, callers=3) as calls:
        for replica in sticky.replicas:
            sticky.set_state(replica, "maint")
            assert replica.terminate() == 0
            replica.start()
            replica.wait_until_ready()
            sticky.set_state(replica, "ready")

    assert calls.failures == []
    assert len(calls.orders) > 30, "so few calls prove nothing"
    with sticky.client() as http:
        assert all(http.get(f"/api/orders/{number}").json() for number in calls.orders)
    for query, visits in queries.items():
        assert f"visits: {visits + 1}" in visit(sticky, query).texts
