"""A rolling restart under browsers, tabs and API calls loses no request and no state.

`pytest tests/replicas/test_rolling_restart.py -rP` shows the times. With FLUXLIT_TEST_SHUTDOWN_DELAY_S=0 in the
environment the case of a balancer that tries nothing twice fails: it shows what is lost when a port closes at once.
"""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import httpx2
import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from fluxlit_testing.errors import WaitTimeoutError
from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Cluster, Cookies, Replica, UrlVisit
    from playwright.sync_api import Browser

    from fluxlit_testing.streamlit_session import ScriptRun

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(500)]

MILLISECONDS = 60_000.0


@dataclass
class Load:
    """Programs that call the API all the time, and visitors whose tabs run a page all the time, without a browser.

    Attributes:
        orders: What the API has taken; each order has a number of its own.
        failures: Of calls and of page runs, in words.
        closed: The close codes that tabs saw.
        refused: What tabs that connected anew were refused with.
        runs: Number of page runs that ended well.
    """

    cluster: Cluster
    cookies: Cookies
    callers: int = 3
    visitors: int = 3
    orders: list[str] = field(default_factory=list[str])
    failures: list[str] = field(default_factory=list[str])
    closed: list[int] = field(default_factory=list[int])
    refused: list[str] = field(default_factory=list[str])
    runs: int = 0

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._call, args=(number,)) for number in range(self.callers)]
        self._threads += [threading.Thread(target=self._visit) for _ in range(self.visitors)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(120)

    def _call(self, caller: int) -> None:
        with self.cluster.client() as http:
            turn = 0
            # A breath between two calls: the replicas share this machine's cores with those that start.
            while not self._over.wait(0.03):
                turn += 1
                number = f"{id(self)}-{caller}-{turn}"
                for method, path, expected in (("POST", f"/api/orders/{number}", 201), ("GET", "/api/replica", 200)):
                    try:
                        answer = http.request(method, path)
                    except httpx2.TransportError as error:
                        self.failures.append(f"{method} {path}: {error!r}")
                    else:
                        if answer.status_code != expected:
                            self.failures.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
                        elif method == "POST":
                            self.orders.append(number)

    def _visit(self) -> None:
        with self.cluster.client() as http:
            headers = self.cookies(http)
        seen = 0
        while not self._over.is_set():
            try:
                with StreamlitSession(self.cluster.ws_url, headers=headers) as tab:
                    while not self._over.wait(0.2):
                        seen = self._counted(tab.run(page="visits"), seen)
            except ConnectionClosed as end:
                self.closed.append(end.rcvd.code if end.rcvd else 1006)
            except WaitTimeoutError as error:
                self.failures.append(str(error))
            except (InvalidStatus, OSError) as refusal:
                self.refused.append(str(refusal))

    def _counted(self, run: ScriptRun, seen: int) -> int:
        """Each run that a tab saw counts on from the last one; one that it did not see the end of may have counted."""
        counts = [int(text.removeprefix("visits: ")) for text in run.texts if text.startswith("visits: ")]
        if not counts or counts[0] <= seen:
            self.failures.append(f"after {seen} visits the page shows {run.texts}")
            return seen
        self.runs += 1
        return counts[0]


class Desk:
    """A person at a tab, with cookies of his own."""

    def __init__(self, browser: Browser, cluster: Cluster) -> None:
        self._context = browser.new_context()
        self._page = self._context.new_page()
        self._page.goto(f"{cluster.base_url}/desk")
        self.notes: list[str] = []
        self.longest = 0.0

    def write(self, note: str) -> None:
        """Write a note, and see it on the page; what was typed while the tab was away is seen when it is back."""
        box = self._page.get_by_role("textbox", name="Note")
        shown = self._page.get_by_text(f"note: {note}", exact=True)
        began = time.monotonic()
        while True:
            with contextlib.suppress(PlaywrightTimeoutError):
                box.fill(note, timeout=5_000)
                box.press("Enter", timeout=5_000)
                shown.wait_for(timeout=5_000)
                break
            assert time.monotonic() < began + MILLISECONDS / 1000, self._page.inner_text("body")
        self.notes.append(note)
        self.longest = max(self.longest, time.monotonic() - began)
        self._look_for_exceptions()

    def check(self) -> None:
        """The tab shows everything by itself, and so does a second one, whose widget starts with what was kept."""
        everything = f"notes: {', '.join(self.notes)}"
        expect(self._page.get_by_text(everything, exact=True)).to_be_visible(timeout=MILLISECONDS)
        self._look_for_exceptions()
        second = self._context.new_page()
        second.goto(self._page.url)
        expect(second.get_by_text(everything, exact=True)).to_be_visible(timeout=MILLISECONDS)
        expect(second.get_by_role("textbox", name="Note")).to_have_value(self.notes[-1])

    def _look_for_exceptions(self) -> None:
        assert self._page.get_by_test_id("stException").count() == 0, self._page.inner_text("body")


def restart_drained(cluster: Cluster, replica: Replica) -> None:
    cluster.set_state(replica, "maint")
    restart(replica)
    cluster.set_state(replica, "ready")
    cluster.wait_until_up(replica)


def restart_undrained(cluster: Cluster, replica: Replica) -> None:
    restart(replica)
    cluster.wait_until_up(replica)


def restart(replica: Replica) -> None:
    began = time.monotonic()
    assert replica.terminate() == 0
    ended = time.monotonic()
    replica.start()
    replica.wait_until_ready()
    ready = time.monotonic()
    print(f"{replica.name}: {ended - began:.1f} s from SIGTERM to the end, {ready - ended:.1f} s until ready again")


CASES = {
    "two, drained, whichever answers": ("loose_pair", restart_drained),
    "three, drained, sticky": ("sticky", restart_drained),
    "two, SIGTERM alone, sticky": ("sticky_pair", restart_undrained),
    "three, SIGTERM alone, whichever answers, nothing is tried twice": ("strict", restart_undrained),
}


@pytest.mark.parametrize(("name", "restarted"), CASES.values(), ids=CASES.keys())
def test_a_rolling_restart_under_browsers_and_api_calls_loses_nothing(
    request: pytest.FixtureRequest,
    browser: Browser,
    cookies: Cookies,
    url_visit: UrlVisit,
    name: str,
    restarted: Callable[[Cluster, Replica], None],
) -> None:
    cluster: Cluster = request.getfixturevalue(name)

    def roll() -> None:
        for replica in cluster.replicas:
            restarted(cluster, replica)

    link = url_visit(cluster)
    desks = [Desk(browser, cluster) for _ in range(2)]
    for desk in desks:
        desk.write("before")
    with Load(cluster, cookies) as busy, ThreadPoolExecutor(1) as pool:
        rolling = pool.submit(roll)
        while not rolling.done():
            for desk in desks:
                desk.write(f"during {len(desk.notes)}")
            wait([rolling], timeout=1)
        rolling.result()

    print(f"{len(busy.orders)} orders, {busy.runs} page runs, {len(desks[0].notes)} notes at each desk", busy.failures)
    print(f"tabs were closed with {busy.closed}, and refused: {busy.refused}")
    print(f"a person waited at most {max(desk.longest for desk in desks):.1f} s to see what he had typed")
    assert busy.failures == []
    assert len(busy.orders) > 30, "so few calls prove nothing"
    with cluster.client() as http:
        assert all(http.get(f"/api/orders/{number}").json() for number in busy.orders)
    assert url_visit(cluster, link.query).visits == 2
    for desk in desks:
        desk.check()
    # 1012: the service restarts (RFC 6455's registry); every replica closed the tabs that it had, and none was cut off.
    assert set(busy.closed) == {1012}
    assert busy.refused == []
