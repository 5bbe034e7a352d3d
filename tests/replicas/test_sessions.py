"""A visitor's session is the same on every replica, without stickiness and with one Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cluster
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MILLISECONDS = 60_000.0
LOADS = 12


def replica_of(page: Page) -> str:
    said = page.get_by_text("replica: ")
    said.wait_for(timeout=MILLISECONDS)
    return said.inner_text().removeprefix("replica: ")


def test_without_stickiness_a_browser_finds_its_session_on_both_replicas(loose_pair: Cluster, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{loose_pair.base_url}/visits")
    seen: dict[str, int] = {}
    expected = 1
    for _ in range(LOADS):
        page.get_by_text(f"visits: {expected}", exact=True).wait_for(timeout=MILLISECONDS)
        replica = replica_of(page)
        seen[replica] = seen.get(replica, 0) + 1
        if len(seen) == 2 and expected > 3:
            break
        if expected % 2:
            # A page takes an even number of requests, which would lead it back to the same replica each time.
            page.request.get(f"{loose_pair.base_url}/api/replica")
        page.reload()
        expected += 1

    assert set(seen) == {"one", "two"}
    cookies = [each.get("name", "") for each in page.context.cookies()]
    assert sum(name.startswith("fluxlit_session_") for name in cookies) == 1
