"""Login, renewal and logout behind the guard, against a real provider, over real sockets."""

from __future__ import annotations

import asyncio
import re
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from fluxlit_auth.guard.oidc.method import OIDC
from fluxlit_sessions import InMemorySessionStore

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from conftest import Browser, Provider, Serve
    from websockets.asyncio.client import ClientConnection

    MakeSite = Callable[..., Awaitable["Site"]]

SECONDS = 30
NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


@dataclass
class Site:
    """A guarded application at an address, registered with the provider."""

    base: str
    app: Any
    store: InMemorySessionStore
    client: dict[str, Any]

    @property
    def logins(self) -> list[str]:
        return [key for key in self.store.iterate("login:") if key.count(":") == 1]

    @asynccontextmanager
    async def tab(self, cookies: str) -> AsyncGenerator[ClientConnection]:
        """An open WebSocket of a browser with these cookies."""
        url = self.base.replace("http", "ws", 1) + "/_stcore/stream"
        async with connect(url, additional_headers={"Cookie": cookies, "Origin": self.base}) as opened:
            assert await asyncio.wait_for(opened.recv(), SECONDS) == "open"
            yield opened


@pytest.fixture
def make_site(serve: Serve, provider: Provider, protect: Any) -> MakeSite:
    async def make(*, store: InMemorySessionStore | None = None, **options: Any) -> Site:
        listener = socket.create_server(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        client = await provider.register(
            f"{base}/api/auth/callback",
            grant_types=["authorization_code", "refresh_token"],
            post_logout_redirect_uris=[f"{base}/bye"],
            backchannel_logout_uri=f"{base}/api/auth/backchannel-logout",
            backchannel_logout_session_required=True,
        )
        identity = {"client_id": client["client_id"], "client_secret": client["client_secret"]}
        method = OIDC(issuer=provider.issuer, after_logout="/bye", **identity, **options)
        kept = InMemorySessionStore() if store is None else store
        app = protect(method, plan={"requires": {"/admin": "role:admin"}, "public": ["/bye"]}, store=kept)
        serve(app, listener=listener, lifespan="on", ws="websockets-sansio")
        return Site(base, app, kept, client)

    return make


@pytest.fixture
async def site(make_site: MakeSite) -> Site:
    return await make_site()


def cookies_of(browser: Browser, site: Site) -> str:
    request = browser.client.build_request("GET", site.base)
    return request.headers["Cookie"]


async def logged_in(browser: Browser, site: Site, user: str = "ada") -> None:
    browser.client.headers.update(NAVIGATION)
    await browser.log_in(f"{site.base}/reports?year=2026&q=a%20b", user, until=f"{site.base}/api/auth/callback")


async def test_a_browser_comes_back_to_where_it_was_with_its_query(site: Site, browser: Browser) -> None:
    await logged_in(browser, site)

    assert [(each["path"], each["query"], each["user"]) for each in site.app.requests] == [
        ("/reports", "year=2026&q=a%20b", "ada")
    ]


async def test_no_token_reaches_the_browser_and_no_cookie_of_ours_the_page(site: Site, browser: Browser) -> None:
    await logged_in(browser, site)

    answer = await browser.client.get(f"{site.base}/reports", headers={"Cookie": cookies_of(browser, site) + "; a=b"})

    ours = [cookie for cookie in browser.client.cookies.jar if cookie.name.startswith("fluxlit_login_")]
    assert [cookie.name for cookie in ours] == ["fluxlit_login_session"]
    assert all(cookie.has_nonstandard_attr("HttpOnly") for cookie in ours)
    assert "." not in str(ours[0].value)
    onward = answer.json()["headers"]["cookie"]  # the provider's own are on the same host
    assert "fluxlit_login_" not in onward
    assert onward.endswith("a=b")


async def test_a_socket_is_refused_before_it_opens(site: Site) -> None:
    with pytest.raises(Exception, match="401"):
        async with connect(site.base.replace("http", "ws", 1) + "/_stcore/stream"):
            pass
    assert site.app.requests == []


async def test_roles_of_the_id_token_decide(site: Site, browser: Browser, second_browser: Browser) -> None:
    await logged_in(browser, site)
    await logged_in(second_browser, site, "root")

    assert (await browser.client.get(f"{site.base}/admin")).status_code == 403
    assert (await second_browser.client.get(f"{site.base}/admin")).json()["roles"] == ["admin"]


async def test_what_the_id_token_lacks_is_taken_from_the_userinfo_endpoint_at_login_and_renewal(
    make_site: MakeSite, browser: Browser
) -> None:
    site = await make_site(refresh_ahead_seconds=100_000)
    await logged_in(browser, site, "grace")
    name = site.logins[0]
    first = site.store.get(name) or {}

    async with asyncio.timeout(SECONDS):
        while (renewed := site.store.get(name) or {})["refresh_token"] == first["refresh_token"]:
            assert (await browser.client.get(f"{site.base}/admin")).json()["roles"] == ["admin"]

    for login in (first, renewed):
        assert (login["user"]["name"], login["user"]["roles"]) == ("grace of the tests", ["admin"])


async def test_userinfo_is_not_asked_where_it_is_turned_off(make_site: MakeSite, browser: Browser) -> None:
    site = await make_site(userinfo=False)
    await logged_in(browser, site, "grace")

    assert (await browser.client.get(f"{site.base}/admin")).status_code == 403


@pytest.mark.parametrize("userinfo", [None, True])
async def test_userinfo_about_somebody_else_logs_nobody_in(
    make_site: MakeSite, browser: Browser, *, userinfo: bool | None
) -> None:
    site = await make_site(userinfo=userinfo)
    await logged_in(browser, site, "mallory")

    assert site.logins == []
    assert (await browser.client.get(f"{site.base}/admin", headers={"Sec-Fetch-Mode": "cors"})).status_code == 401


async def test_session_fixation_a_login_never_adopts_a_cookie_that_was_there(site: Site, browser: Browser) -> None:
    planted = "planted-by-an-attacker-before-the-login-began"
    browser.client.cookies.set("fluxlit_login_session", planted, domain="127.0.0.1", path="/")

    await logged_in(browser, site)

    values = [cookie.value for cookie in browser.client.cookies.jar if cookie.name == "fluxlit_login_session"]
    assert planted not in values
    stolen = httpx.Client(base_url=site.base, cookies={"fluxlit_login_session": planted})
    with stolen:
        assert stolen.get("/").status_code == 401


async def test_a_cookie_stolen_before_the_logout_is_worth_nothing_after_it(site: Site, browser: Browser) -> None:
    await logged_in(browser, site)
    stolen = {"Cookie": cookies_of(browser, site)}
    async with httpx.AsyncClient(base_url=site.base, headers=stolen) as thief:
        assert (await thief.get("/")).status_code == 200

        await browser.client.get(f"{site.base}/api/auth/logout", follow_redirects=False)

        assert (await thief.get("/")).status_code == 401
    assert site.logins == []


async def test_a_logout_closes_the_open_sockets_and_goes_on_to_the_provider(site: Site, browser: Browser) -> None:
    await logged_in(browser, site)
    async with site.tab(cookies_of(browser, site)) as tab:
        answer = await browser.client.get(f"{site.base}/api/auth/logout", follow_redirects=False)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(tab.recv(), SECONDS)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    assert "/session/end" in answer.headers["Location"]
    assert "id_token" not in answer.headers["Location"]


async def test_a_revocation_in_another_process_closes_the_sockets_here(
    make_site: MakeSite, browser: Browser, protect: Any
) -> None:
    store = InMemorySessionStore()
    site = await make_site(store=store)
    await logged_in(browser, site)
    async with site.tab(cookies_of(browser, site)) as tab:
        elsewhere = protect(OIDC(issuer="https://id.example", client_id="x"), store=store)
        assert elsewhere.guard is not None
        await elsewhere.guard.revoke(site.logins)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(tab.recv(), SECONDS)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_the_provider_logs_out_over_the_back_channel(site: Site, browser: Browser) -> None:
    await logged_in(browser, site)
    async with site.tab(cookies_of(browser, site)) as tab:
        ending = await browser.client.get(f"{issuer_of(site)}/session/end")
        await confirm(browser, ending)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(tab.recv(), SECONDS)
    assert site.logins == []


async def test_tokens_are_renewed_in_the_background_and_the_old_refresh_token_is_gone(
    make_site: MakeSite, browser: Browser
) -> None:
    site = await make_site(refresh_ahead_seconds=100_000)
    await logged_in(browser, site)
    name = site.logins[0]
    before = (site.store.get(name) or {})["refresh_token"]

    async with asyncio.timeout(SECONDS):
        while (after := (site.store.get(name) or {})["refresh_token"]) == before:
            assert (await browser.client.get(f"{site.base}/")).json()["user"] == "ada"

    assert after


async def test_a_login_ends_when_the_provider_no_longer_renews_it(site: Site, browser: Browser) -> None:
    await logged_in(browser, site)
    name = site.logins[0]
    stored = site.store.get(name) or {}
    site.store.set(name, {**stored, "refresh_token": "withdrawn", "expires_at": 0.0})

    async with asyncio.timeout(SECONDS):
        while (await browser.client.get(f"{site.base}/api/x", headers={"Sec-Fetch-Mode": "cors"})).status_code == 200:
            pass

    assert site.logins == []


async def test_a_replayed_callback_is_refused(site: Site, browser: Browser) -> None:
    callback = await callback_of(browser, site)
    browser.client.follow_redirects = False
    first = await browser.client.get(callback)
    cookies = dict(first.cookies)

    again = await browser.client.get(callback)

    assert first.status_code == 302
    assert cookies["fluxlit_login_session"]
    assert again.status_code == 400


async def test_s6_a_callback_of_another_browser_logs_nobody_in(
    site: Site, browser: Browser, second_browser: Browser
) -> None:
    callback = await callback_of(browser, site)

    answer = await second_browser.client.get(callback, follow_redirects=False)

    assert answer.status_code == 400
    assert site.logins == []


async def test_an_answer_of_another_issuer_is_refused(site: Site, browser: Browser, provider: Provider) -> None:
    callback = await callback_of(browser, site)
    mixed_up = callback.copy_set_param("iss", "https://other.example")

    answer = await browser.client.get(mixed_up, follow_redirects=False)

    assert (callback.params["iss"], answer.status_code) == (provider.issuer, 400)
    assert site.logins == []


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example/", "/\\evil.example", "/%0d%0aX: y\r\n"])
async def test_a_login_leads_nowhere_else(site: Site, browser: Browser, where: str) -> None:
    begin = httpx.URL(f"{site.base}/api/auth/login").copy_set_param("next", where)
    callback = await callback_of(browser, site, begin=begin)

    answer = await browser.client.get(callback, follow_redirects=False)

    assert answer.status_code == 302
    assert answer.headers["Location"] in {"/", "/%0d%0aX: y"}


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
async def test_a_made_up_logout_token_ends_nothing(site: Site, browser: Browser, token: str) -> None:
    await logged_in(browser, site)

    answer = await browser.client.post(f"{site.base}/api/auth/backchannel-logout", data={"logout_token": token})

    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert len(site.logins) == 1


async def test_another_site_cannot_log_a_user_out(site: Site, browser: Browser) -> None:
    await logged_in(browser, site)

    answer = await browser.client.get(f"{site.base}/api/auth/logout", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert len(site.logins) == 1


def issuer_of(site: Site) -> str:
    return str(site.client["registration_client_uri"]).partition("/reg/")[0]


async def callback_of(browser: Browser, site: Site, begin: httpx.URL | None = None) -> httpx.URL:
    """Log in up to the redirect back, which is not followed."""
    stop = f"{site.base}/api/auth/callback"
    seen: list[httpx.URL] = []

    async def hold(request: httpx.Request) -> None:
        if str(request.url).startswith(stop) and not seen:
            seen.append(request.url)
            raise _Held

    hooks = browser.client.event_hooks
    browser.client.event_hooks = {"request": [hold]}
    browser.client.headers.update(NAVIGATION)
    try:
        with pytest.raises(_Held):
            await browser.log_in(str(begin or f"{site.base}/api/auth/login?next=/reports"), "ada", until="never")
    finally:
        browser.client.event_hooks = hooks
    return seen[0]


class _Held(Exception):  # noqa: N818 - a signal of this test, not an error
    pass


async def confirm(browser: Browser, page: httpx.Response) -> None:
    """Say yes on the provider's page."""
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    action = re.search(r'action="([^"]*)"', page.text)
    assert action, page.text
    answer = await browser.client.post(str(page.url.join(action[1])), data={**fields, "logout": "yes"})
    assert answer.url.path.endswith("success"), answer.text
