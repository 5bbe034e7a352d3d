"""A login belongs to the browser that began it (contract section 10, S6)."""

import warnings
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI

from fluxlit_auth import GenericOIDCClient, GenericOIDCClientConfig, OIDCBFFConfig, register_oidc_bff_routes
from fluxlit_auth.oidc.browser_binding import (
    auth_code_belongs_to,
    browser_secret,
    new_auth_code,
    new_browser_secret,
    nonce_for,
    verifier_for,
)

if TYPE_CHECKING:
    from conftest import Browser, LateApp, Provider, Serve


@pytest.fixture
async def base(serve: "Serve", late_app: "LateApp", provider: "Provider") -> str:
    base = serve(late_app)
    client = await provider.register(f"{base}/auth/callback")
    config = GenericOIDCClientConfig(
        issuer=provider.issuer, client_id=client["client_id"], client_secret=client["client_secret"]
    )
    app = FastAPI()
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        register_oidc_bff_routes(app, OIDCBFFConfig(oidc=GenericOIDCClient(config), first_party_secret="x" * 32))
    late_app.app = app
    return base


async def test_s6_a_login_carries_state_nonce_and_challenge_and_leaves_a_cookie(base: str, query: Any) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{base}/auth/login")
    sent = query(answer.headers["location"])
    cookie = answer.headers["set-cookie"]

    assert answer.status_code == 302
    assert answer.headers["cache-control"] == "no-store"
    assert (len(sent["state"]), len(sent["nonce"]), len(sent["code_challenge"])) == (43, 43, 43)
    assert (sent["response_type"], sent["code_challenge_method"]) == ("code", "S256")
    assert sent["scope"] == "openid profile email"
    assert cookie.startswith("fluxlit_login=")
    for attribute in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert attribute in cookie
    secret = cookie.partition("=")[2].partition(";")[0]
    assert sent["nonce"] == nonce_for(secret, sent["state"])
    assert secret not in answer.headers["location"]


async def test_s6_a_callback_is_worth_nothing_in_another_browser(
    base: str, browser: "Browser", second_browser: "Browser"
) -> None:
    """Login fixation: the attacker logs in as himself and has the victim open the last link."""
    browser.client.event_hooks = {"request": [stop_before_callback]}
    with pytest.raises(CallbackReachedError) as reached:
        await browser.log_in(f"{base}/auth/login", "mallory")
    link = reached.value.url

    async with httpx.AsyncClient() as never_here:
        assert invalid_state(await never_here.get(link))
    await second_browser.client.get(f"{base}/auth/login")  # has a login of its own under way
    second_browser.client.follow_redirects = False
    assert invalid_state(await second_browser.client.get(link))


async def test_s6_a_stranger_cannot_spend_the_login(base: str, browser: "Browser") -> None:
    """A request without the cookie leaves the login as it is; the browser itself still gets in."""
    browser.client.event_hooks = {"request": [stop_before_callback]}
    with pytest.raises(CallbackReachedError) as reached:
        await browser.log_in(f"{base}/auth/login", "ada")
    async with httpx.AsyncClient() as stranger:
        assert invalid_state(await stranger.get(reached.value.url))
    browser.client.event_hooks = {"request": []}
    browser.client.follow_redirects = False

    first = await browser.client.get(reached.value.url)
    replayed = await browser.client.get(reached.value.url)

    assert first.status_code == 302
    assert "auth_code=" in first.headers["location"]
    assert first.headers["cache-control"] == "no-store"
    assert auth_code_belongs_to(browser.client.cookies["fluxlit_login"], first.headers["location"].partition("=")[2])
    assert invalid_state(replayed)


async def test_two_tabs_of_one_browser_both_get_in(base: str, browser: "Browser") -> None:
    first = await browser.client.get(f"{base}/auth/login")
    landed = await browser.log_in(f"{base}/auth/login", "ada")
    assert "auth_code=" in str(landed)

    assert "auth_code=" in str(await browser.log_in(str(first.history[0].url), "ada"))


def test_everything_follows_from_the_secret_and_nothing_leads_back() -> None:
    mine, other = new_browser_secret(), new_browser_secret()
    code = new_auth_code(mine)

    assert (len(mine), len(verifier_for(mine, "s")), len(nonce_for(mine, "s")), len(code)) == (43, 64, 43, 43)
    assert auth_code_belongs_to(mine, code)
    assert not auth_code_belongs_to(other, code)
    assert not auth_code_belongs_to(mine, code[:-1] + ("A" if code[-1] != "A" else "B"))
    assert not auth_code_belongs_to(mine, "")
    assert verifier_for(mine, "s") != verifier_for(other, "s")


def test_a_cookie_that_is_no_secret_is_none_and_that_of_https_wins() -> None:
    secret, planted = new_browser_secret(), new_browser_secret()

    assert browser_secret({"fluxlit_login": "x"}, "fluxlit_login") is None
    assert browser_secret({"fluxlit_login": planted, "__Host-fluxlit_login": secret}, "fluxlit_login") == secret
    assert browser_secret({"fluxlit_login": planted}, "fluxlit_login", secure=True) is None
    assert browser_secret({"fluxlit_login": secret}, "fluxlit_login", secure=False) == secret


class CallbackReachedError(Exception):
    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


async def stop_before_callback(request: httpx.Request) -> None:
    if request.url.path == "/auth/callback":
        raise CallbackReachedError(str(request.url))


def invalid_state(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()) == (400, {"detail": "Invalid or expired state"})
