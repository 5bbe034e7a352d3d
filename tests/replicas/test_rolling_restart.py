"""A rolling restart under browsers, tabs and API calls loses no request and no state.

`pytest tests/replicas/test_rolling_restart.py -rP` shows the times; FLUXLIT_TEST_SHUTDOWN_DELAY_S=0 in the environment
shows what is lost when the replicas close their port at once.
"""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect

from fluxlit_testing.browser import open_browser
from fluxlit_testing.errors import BrowserMissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Cluster, Load, Replica, UrlVisit
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(500)]

MILLISECONDS = 60_000.0


@pytest.fixture
def browser() -> Iterator[Browser]:
    with contextlib.ExitStack() as stack:
        try:
            yield stack.enter_context(open_browser())
        except BrowserMissingError as error:
            pytest.skip(str(error))


class Desk:
    """A person at a tab, with cookies of his own."""

    def __init__(self, browser: Browser, cluster: Cluster) -> None:
        self._context = browser.new_context()
        self._page = self._context.new_page()
        self._page.goto(f"{cluster.base_url}/desk")
        self.notes: list[str] = []

    def write(self, note: str) -> None:
        """Write a note, and see it on the page; what was typed while the tab was away is seen when it is back."""
        box = self._page.get_by_role("textbox", name="Note")
        shown = self._page.get_by_text(f"note: {note}", exact=True)
        deadline = time.monotonic() + MILLISECONDS / 1000
        while True:
            with contextlib.suppress(PlaywrightTimeoutError):
                box.fill(note, timeout=5_000)
                box.press("Enter", timeout=5_000)
                shown.wait_for(timeout=5_000)
                break
            assert time.monotonic() < deadline, self._page.inner_text("body")
        self.notes.append(note)
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
    "three, SIGTERM alone, whichever answers": ("loose", restart_undrained),
}


@pytest.mark.parametrize(("name", "restarted"), CASES.values(), ids=CASES.keys())
def test_a_rolling_restart_under_browsers_and_api_calls_loses_nothing(
    request: pytest.FixtureRequest,
    browser: Browser,
    load: Callable[..., Load],
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
    with load(cluster) as busy, ThreadPoolExecutor(1) as pool:
        rolling = pool.submit(roll)
        while not rolling.done():
            for desk in desks:
                desk.write(f"during {len(desk.notes)}")
            wait([rolling], timeout=1)
        rolling.result()

    print(f"{len(busy.orders)} orders, {busy.runs} page runs, {len(desks[0].notes)} notes at each desk", busy.failures)
    print(f"tabs were closed with {busy.closed}, and refused: {busy.refused}")
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
