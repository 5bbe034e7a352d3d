"""The layer that gives browsers their sessions, as an ASGI server and a browser's cookie jar see it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from fluxlit_sessions import (
    BrowserSessionOptions,
    BrowserSessions,
    InMemorySessionStore,
    SessionOptions,
    Sessions,
    StoreUnavailableError,
)
from fluxlit_sessions.browser.cookie import SessionCookie

HTML = (b"accept", b"text/html,*/*")


class FailingStore(InMemorySessionStore):
    """A store that stops answering when it is told to."""

    is_down = False

    def get_versioned(self, sid: str) -> Any:
        if self.is_down:
            raise StoreUnavailableError("down")
        return super().get_versioned(sid)


class Browser:
    """One browser with its cookies, in front of the layer."""

    def __init__(self, browsers: BrowserSessions) -> None:
        self._app = browsers.layer(self._answer)
        self.cookie = ""
        self.set_cookies: list[str] = []
        self.seen: dict[str, Any] = {}

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        del receive
        self.seen = scope
        start = "websocket.accept" if scope["type"] == "websocket" else "http.response.start"
        await send({"type": start, "headers": [(b"x-kept", b"1")]})

    async def asks(
        self, path: str = "/", *, kind: str = "http", user: str | None = None, headers: Any = (HTML,), **scope: Any
    ) -> str | None:
        """The token that the page, or the endpoint, gets to know."""
        own = [(b"cookie", f"other=1; {self.cookie}".encode())] if self.cookie else []
        state: dict[str, Any] = {"upstream_headers": [], "user": user}
        request: dict[str, Any] = {
            "type": kind,
            "method": "GET",
            "path": path,
            "scheme": "ws" if kind == "websocket" else "http",
            "headers": [*headers, *own],
            "state": state,
        }
        await self._app({**request, **scope}, self._nothing, self._take)
        sent = [
            value.decode() for name, value in self.seen["state"]["upstream_headers"] if name == b"x-fluxlit-session"
        ]
        return sent[0] if sent else None

    async def _nothing(self) -> Any:
        raise AssertionError("nothing is read")

    async def _take(self, message: Any) -> None:
        assert (b"x-kept", b"1") in message["headers"]
        for name, value in message["headers"]:
            if name == b"set-cookie":
                self.set_cookies.append(value.decode())
                self.cookie = value.decode().partition(";")[0]


@pytest.fixture
def store() -> FailingStore:
    return FailingStore()


@pytest.fixture
def sessions(store: FailingStore) -> Sessions:
    return Sessions(store)


@pytest.fixture
def browsers(sessions: Sessions) -> BrowserSessions:
    return BrowserSessions(sessions, BrowserSessionOptions(), user_of=lambda scope: scope["state"]["user"])


@pytest.fixture
def browser(browsers: BrowserSessions) -> Browser:
    return Browser(browsers)


async def test_the_first_page_gets_a_cookie_and_the_next_ones_keep_it(browser: Browser, store: FailingStore) -> None:
    token = await browser.asks()

    assert token
    assert len(token) == 43
    assert await browser.asks("/reports") == token
    assert await browser.asks("/_stcore/stream", kind="websocket", headers=()) == token
    (cookie,) = browser.set_cookies
    assert cookie.endswith("; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax")
    assert [key for key in store.iterate() if key.startswith("session:")] == []


async def test_a_websocket_without_a_page_before_it_gets_a_cookie_too(browser: Browser) -> None:
    token = await browser.asks("/_stcore/stream", kind="websocket", headers=())

    assert await browser.asks() == token


@pytest.mark.parametrize("path", ["/api/items", "/api", "/mount/api/items"])
async def test_api_and_assets_set_no_cookie(browser: Browser, path: str) -> None:
    assert await browser.asks(path, root_path="/mount" if path.startswith("/mount") else "") is None
    assert await browser.asks("/static/js/main.js", headers=((b"accept", b"*/*"),)) is None
    assert browser.set_cookies == []


async def test_endpoints_get_the_session_that_a_page_began(browser: Browser) -> None:
    token = await browser.asks()
    await browser.asks("/api/cart")

    assert browser.seen["state"]["fluxlit_session"] == token


@pytest.mark.parametrize("scope", [{"scheme": "https"}, {"scheme": "wss", "kind": "websocket"}])
async def test_over_https_the_cookie_is_secure_and_below_the_mount(browser: Browser, scope: dict[str, str]) -> None:
    await browser.asks(root_path="/apps/shop", **scope)

    assert browser.set_cookies[0].endswith("; Path=/apps/shop; Max-Age=604800; HttpOnly; SameSite=Lax; Secure")


async def test_s7_a_token_that_was_not_issued_here_is_not_adopted(browser: Browser, browsers: BrowserSessions) -> None:
    stranger = Browser(
        BrowserSessions(Sessions(InMemorySessionStore()), BrowserSessionOptions(), user_of=lambda _: None)
    )
    await stranger.asks()
    token = await browser.asks()
    name, _, value = browser.cookie.partition("=")
    forged = [
        f"{name}={'A' * 43}.1.-.{'B' * 43}",
        f"{name}={'A' * 43}{value[43:]}",
        f"{name}={value[:-4]}AAAA",
        f"{name}={stranger.cookie.partition('=')[2]}",
        f"{name}=",
        f"{name}=\xff",
    ]
    for cookie in forged:
        victim = Browser(browsers)
        victim.cookie = cookie
        assert await victim.asks() not in {None, token, "A" * 43}
        assert len(victim.set_cookies) == 1


async def test_the_same_store_makes_the_same_key_for_another_replica(browser: Browser, sessions: Sessions) -> None:
    token = await browser.asks()
    replica = Browser(BrowserSessions(sessions, BrowserSessionOptions(), user_of=lambda _: None))
    replica.cookie = browser.cookie

    assert await replica.asks() == token


async def test_a_login_takes_along_what_the_visitor_did_and_kills_the_old_token(
    browser: Browser, sessions: Sessions
) -> None:
    before = await browser.asks()
    assert before
    cart = sessions.open_issued(before)
    cart["cart"] = ["tea"]
    cart.save()

    after = await browser.asks(user="ada")

    assert after
    token = after.removesuffix(";user")
    assert token != before
    assert after.endswith(";user")
    found = sessions.open(token)
    assert found is not None
    assert (found.user, dict(found)) == ("ada", {"cart": ["tea"]})
    assert sessions.open(before) is None
    assert await browser.asks(user="ada") == after
    thief = Browser(BrowserSessions(sessions, BrowserSessionOptions(), user_of=lambda _: None))
    thief.cookie = browser.cookie
    assert token not in str(await thief.asks())


@pytest.mark.parametrize("next_user", [None, "bob"])
async def test_nothing_of_a_user_outlives_the_logout_or_reaches_the_next(
    browser: Browser, sessions: Sessions, next_user: str | None
) -> None:
    token = str(await browser.asks(user="ada")).removesuffix(";user")
    session = sessions.open(token)
    assert session is not None
    session["secret"] = "of ada"
    session.save()

    after = str(await browser.asks(user=next_user)).removesuffix(";user")

    assert after != token
    assert dict(sessions.open_issued(after)) == {}
    assert sessions.open(token) is None


async def test_a_revoked_session_is_replaced_with_the_next_page(browser: Browser, sessions: Sessions) -> None:
    token = await browser.asks()
    assert token
    sessions.revoke(token)

    assert await browser.asks("/_stcore/stream", kind="websocket", headers=()) == token
    assert await browser.asks() not in {token, None}


async def test_a_session_without_visits_ends_and_so_does_an_old_one() -> None:
    now = 1_700_000_000.0
    options = SessionOptions(idle_seconds=60, absolute_seconds=1000)
    sessions = Sessions(InMemorySessionStore(), options)
    cookie = SessionCookie(b"k" * 32, max_age_seconds=options.absolute_seconds, clock=lambda: now)
    _, value = cookie.header(sessions.create().token, owner="-", path="", is_secure=False)
    headers = [(b"cookie", value.partition(b";")[0])]
    assert cookie.read(headers) is not None
    now += 999
    assert cookie.read(headers) is not None
    now += 2
    assert cookie.read(headers) is None


async def test_while_the_store_is_down_pages_come_and_know_it(
    browser: Browser, store: FailingStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.is_down = True

    assert await browser.asks() == ""
    assert await browser.asks() == ""
    assert browser.set_cookies == []
    assert [record.levelname for record in caplog.records if record.name == "fluxlit.sessions"].count("ERROR") == 1
    store.is_down = False
    token = await browser.asks()
    assert token
    store.is_down = True
    assert await browser.asks() == token


async def test_two_logins_at_once_leave_one_session_with_the_visitors_state(
    browsers: BrowserSessions, sessions: Sessions
) -> None:
    first = Browser(browsers)
    before = await first.asks()
    assert before
    cart = sessions.open_issued(before)
    cart["n"] = 1
    cart.save()
    second = Browser(browsers)
    second.cookie = first.cookie

    tokens = [str(await each.asks(user="ada")).removesuffix(";user") for each in (first, second)]

    opened = [sessions.open(token) for token in tokens]
    assert [dict(each) for each in opened if each is not None] == [{"n": 1}, {}]
    assert sessions.count("ada") == 2


async def test_a_store_that_hangs_holds_no_page_up(store: FailingStore) -> None:
    answers = threading.Event()

    class Hanging(Sessions):
        def open_issued(self, token: str) -> Any:
            answers.wait(60)
            return super().open_issued(token)

    options = BrowserSessionOptions(check_seconds=0.05)
    browser = Browser(BrowserSessions(Hanging(store), options, user_of=lambda _: None))
    token = await browser.asks()

    again = await browser.asks()
    answers.set()

    assert token == again
