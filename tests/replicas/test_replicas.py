"""Whichever of two or three replicas answers, the state is the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from fluxlit_testing.streamlit_session import ScriptRun, StreamlitSession

if TYPE_CHECKING:
    from conftest import Cluster, Cookies, UrlVisit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(500)]


@pytest.fixture(params=["loose_pair", "loose"], ids=["two", "three"])
def turns(request: pytest.FixtureRequest) -> Cluster:
    """Replicas that take turns."""
    return request.getfixturevalue(request.param)


def names(cluster: Cluster) -> set[str]:
    return {replica.name for replica in cluster.replicas}


def replica_of(run: ScriptRun) -> str:
    return next(text for text in run.texts if text.startswith("replica: ")).removeprefix("replica: ")


def test_without_stickiness_each_replica_knows_what_another_was_told(turns: Cluster) -> None:
    number = uuid4().hex
    with turns.client() as http:
        writer = http.post(f"/api/orders/{number}").json()
        # Each turn takes two requests: of three replicas every one is met, of two the same one each time.
        answers = [(http.get("/api/replica").json(), http.get(f"/api/orders/{number}").json()) for _ in range(3)]
        again = [http.post(f"/api/orders/{number}").status_code for _ in range(3)]
        met = {http.get("/api/replica").json() for _ in range(6)}

    assert met == names(turns)
    assert [given for _, given in answers] == [{"by": writer}] * 3
    assert again == [409] * 3


def test_a_one_time_code_is_good_once_whoever_is_asked(turns: Cluster) -> None:
    code = uuid4().hex
    with turns.client() as http:
        assert http.post(f"/api/codes/{code}").status_code == 200
        with ThreadPoolExecutor(8) as pool:
            answers = [answer.json() for answer in pool.map(http.post, [f"/api/codes/{code}/redeem"] * 18)]

    assert {answer["replica"] for answer in answers} == names(turns)
    assert [answer["token"] for answer in answers if answer["token"]] == [f"token of {code}"]


def test_a_url_session_is_the_same_on_every_replica(turns: Cluster, url_visit: UrlVisit) -> None:
    first = url_visit(turns)
    later = [url_visit(turns, first.query) for _ in range(5)]

    assert {visit.replica for visit in later} == names(turns)
    assert [visit.visits for visit in (first, *later)] == [1, 2, 3, 4, 5, 6]


def test_a_visitors_session_is_the_same_on_every_replica(turns: Cluster, cookies: Cookies) -> None:
    with turns.client() as http:
        headers = cookies(http)
    runs: list[ScriptRun] = []
    for _ in range(6):
        with StreamlitSession(turns.ws_url, headers=headers) as tab:
            runs.append(tab.run(page="visits"))

    assert {replica_of(run) for run in runs} == names(turns)
    assert [text for run in runs for text in run.texts if "visits" in text] == [f"visits: {n}" for n in range(1, 7)]


def test_a_rate_limit_holds_for_all_replicas_together(turns: Cluster) -> None:
    # Twelve a day for each address.
    with turns.client(f"127.0.1.{len(turns.replicas)}") as http:
        answers = [http.get("/api/limited") for _ in range(20)]

    assert [answer.status_code for answer in answers] == [200] * 12 + [429] * 8
    assert {answer.json() for answer in answers[:12]} == names(turns)
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_rate_limit_holds_when_all_replicas_are_asked_at_once(turns: Cluster) -> None:
    with turns.client(f"127.0.2.{len(turns.replicas)}") as http, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(http.get, ["/api/limited"] * 30))

    assert sorted(answer.status_code for answer in answers) == [200] * 12 + [429] * 18


def test_with_stickiness_a_browser_stays_where_its_tab_is(sticky: Cluster, cookies: Cookies) -> None:
    homes: set[str] = set()
    for _ in range(4):
        with sticky.client() as http, StreamlitSession(sticky.ws_url, headers=cookies(http)) as tab:
            home = replica_of(tab.run())
            assert {http.get("/api/replica").json() for _ in range(4)} == {home}
            homes.add(home)

    assert len(homes) > 1, "one replica alone proves nothing"
