"""What a visitor has entered is there after F5, a crash, a restart and an outage of the store; and nobody else's."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

SECONDS = 60.0

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Redis, Visitor

    from fluxlit_testing.running_server import RunningServer


def test_state_is_back_after_f5_after_kill_9_of_the_sidecar_and_after_a_restart_with_sqlite(
    start_shop: Callable[..., RunningServer], visitor: Visitor, tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path / 'sessions.db'}"
    server = start_shop(store)
    page = visitor.page
    page.goto(server.base_url)
    visitor.enter_city("Oslo")
    visitor.order("tea", then="tea")
    jar: list[dict[str, Any]] = [dict(each) for each in page.context.cookies()]
    cookie = next(each for each in jar if each["name"].startswith("fluxlit_session_"))
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["secure"]) == (True, "Lax", False)
    assert "?" not in page.url

    page.reload()
    visitor.sees("order: tea")
    visitor.sees("last city: Oslo")
    visitor.has_city("Oslo")

    # Nobody touches the page: it runs again by itself on another sidecar, which has all from the session.
    process = visitor.process()
    os.kill(process, signal.SIGKILL)
    page.get_by_text(f"process: {process}", exact=True).wait_for(state="detached")
    assert visitor.process() != process
    visitor.sees("order: tea")
    visitor.sees("last city: Oslo")
    visitor.has_city("Oslo")
    visitor.order("milk", then="tea, milk")

    assert server.stop() == 0
    again = start_shop(store)
    page.goto(again.base_url)
    visitor.sees("order: tea, milk")
    visitor.has_city("Oslo")

    page.get_by_role("button", name="Forget me").click()
    page.get_by_text("Your session has ended").wait_for()
    page.reload()
    visitor.sees("order: empty")
    visitor.has_city("")


def test_while_redis_is_down_the_page_says_so_comes_back_by_itself_and_loses_nothing(
    start_shop: Callable[..., RunningServer], visitor: Visitor, redis: Redis
) -> None:
    server = start_shop(redis.url)
    page = visitor.page
    page.goto(server.base_url)
    visitor.order("tea", then="tea")

    redis.kill()
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("Your saved state cannot be read").wait_for()
    redis.start()
    visitor.sees("order: tea")
    page.get_by_text("Your saved state cannot be read").wait_for(state="detached")

    server.stop()
    page.goto(start_shop(redis.url).base_url)
    visitor.sees("order: tea")


def test_a_page_that_was_opened_while_redis_was_down_comes_by_itself_when_it_is_up(
    start_shop: Callable[..., RunningServer], visitor: Visitor, redis: Redis
) -> None:
    redis.kill()
    server = start_shop(redis.url)
    visitor.page.goto(server.base_url)
    visitor.page.get_by_text("Your saved state could not be reached").wait_for()

    redis.start()
    visitor.sees("order: empty")
    visitor.order("tea", then="tea")
    visitor.page.reload()
    visitor.sees("order: tea")


def test_a_stolen_link_opens_nothing_in_another_browser(
    start_shop: Callable[..., RunningServer], visitor: Visitor, tmp_path: Path
) -> None:
    server = start_shop(f"sqlite:///{tmp_path / 'sessions.db'}")
    page = visitor.page
    page.goto(f"{server.base_url}/draft")
    letter = page.get_by_label("Letter")
    letter.fill("Dear Ada")
    letter.press("Control+Enter")
    visitor.sees("characters: 8")
    link = page.url
    assert "fluxlit_sid=" in link

    page.goto(link)
    visitor.sees("characters: 8")

    browser = page.context.browser
    assert browser is not None
    with browser.new_context() as elsewhere:
        thief = elsewhere.new_page()
        thief.goto(link)
        thief.get_by_text("characters: 0", exact=True).wait_for()
        assert thief.get_by_label("Letter").input_value() == ""
        assert thief.url != link
