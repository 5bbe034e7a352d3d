"""The token login of 0.13.2 (`attach_oidc_login`): routes, answers, the store, and the helpers for pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from fluxlit import (
    FluxLit,
    FluxlitSettings,
    InMemoryOIDCBFFTokenStore,
    OIDCBFFConfig,
    OIDCBFFTokenStore,
    OIDCProvider,
    bearer_headers_from_session,
    exchange_auth_code_from_query,
    issue_hs256_access_token,
    register_oidc_bff_routes,
)

SECRET = "a secret of more than thirty-two characters"
BASE = "https://portal.example"


class Provider:
    """A provider of one's own, as the documented Protocol has it."""

    issuer = "https://id.example"

    def __init__(self, **claims: Any) -> None:
        self.answer: dict[str, Any] = {
            "id_token": issue_hs256_access_token(
                subject="ada", issuer=self.issuer, audience="portal", secret=SECRET, ttl_seconds=60, extra_claims=claims
            )
        }

    def authorization_url(self, *, redirect_uri: str, state: str, code_challenge: str, scope: str | None = None) -> str:
        return str(
            httpx2.URL(
                f"{self.issuer}/authorize",
                params={"redirect_uri": redirect_uri, "state": state, "code_challenge": code_challenge, "scope": scope},
            )
        )

    def exchange_code(self, *, code: str, code_verifier: str, redirect_uri: str) -> dict[str, Any]:
        assert code
        assert len(code_verifier) >= 43
        assert redirect_uri.startswith(BASE)
        return self.answer


def browser(provider: OIDCProvider, **options: Any) -> TestClient:
    config = OIDCBFFConfig.model_validate(
        {
            "oidc": provider,
            "first_party_secret": SECRET,
            "public_base_url": BASE,
            "allow_unverified_id_token_for_custom_oidc": True,
            **options,
        }
    )
    api = FastAPI()
    register_oidc_bff_routes(api, config)
    return TestClient(api, base_url=BASE, follow_redirects=False)


def begun(client: TestClient) -> dict[str, str]:
    sent = client.get("/auth/login")
    assert sent.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["location"]).query).items()}


def finished(client: TestClient) -> str:
    back = client.get("/auth/callback", params={"code": "abc", "state": begun(client)["state"]})
    assert back.status_code == 302, back.text
    return parse_qs(urlsplit(back.headers["location"]).query)["auth_code"][0]


def test_the_login_asks_the_provider_with_state_challenge_and_scope() -> None:
    provider: OIDCProvider = Provider()
    asked = begun(browser(provider))

    assert (len(asked["state"]), len(asked["code_challenge"])) == (43, 43)
    assert asked["scope"] == "openid profile email"
    assert asked["redirect_uri"].startswith(BASE)
    assert asked["redirect_uri"].endswith("/auth/callback")


def test_a_login_ends_with_a_code_that_is_exchanged_once() -> None:
    client = browser(Provider())
    code = finished(client)

    assert len(code) == 43
    answer = client.post("/auth/exchange", json={"code": code})
    assert (answer.status_code, answer.json()["token_type"]) == (200, "bearer")
    assert answer.json()["access_token"]
    again = client.post("/auth/exchange", json={"code": code})
    assert (again.status_code, again.json()["detail"]) == (401, "Invalid or expired auth code")
    assert client.post("/auth/exchange", json={"code": "short"}).status_code == 422


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ({}, 400, "Missing code or state"),
        ({"code": "abc"}, 400, "Missing code or state"),
        ({"code": "abc", "state": "unknown"}, 400, "Invalid or expired state"),
    ],
)
def test_a_callback_that_nobody_began_is_refused(query: dict[str, str], status: int, detail: str) -> None:
    answer = browser(Provider()).get("/auth/callback", params=query)

    assert (answer.status_code, answer.json()["detail"]) == (status, detail)


def test_what_the_provider_lacks_is_a_bad_gateway() -> None:
    provider = Provider()
    provider.answer = {}
    client = browser(provider)

    answer = client.get("/auth/callback", params={"code": "abc", "state": begun(client)["state"]})

    assert (answer.status_code, answer.json()["detail"]) == (502, "IdP response missing id_token")


def test_a_provider_of_ones_own_is_believed_only_when_that_is_said() -> None:
    client = browser(Provider(), allow_unverified_id_token_for_custom_oidc=False)

    answer = client.get("/auth/callback", params={"code": "abc", "state": begun(client)["state"]})

    assert answer.status_code == 500


def test_a_store_gives_what_it_keeps_once_and_in_time() -> None:
    store: OIDCBFFTokenStore = InMemoryOIDCBFFTokenStore(state_ttl_seconds=10, otc_ttl_seconds=5)

    store.save_pkce_verifier("state", "verifier", now=100.0)
    store.save_exchange_token("code", "token", now=100.0)
    assert store.pop_pkce_verifier("state", now=110.0) == "verifier"
    assert store.pop_pkce_verifier("state", now=110.0) is None
    assert store.pop_exchange_token("code", now=105.1) is None


def test_a_login_is_attached_once_and_needs_its_secret() -> None:
    with pytest.raises(ValueError, match="FLUXLIT_OIDC_BFF_SECRET"):
        FluxLit().attach_oidc_login(Provider())
    app = FluxLit(settings=FluxlitSettings(oidc_bff_secret=SECRET, public_base_url=BASE))
    app.attach_oidc_login(Provider())
    with pytest.raises(ValueError, match="twice"):
        app.attach_oidc_login(Provider())


class Page:
    """What the helpers need of `st`."""

    def __init__(self, **query: str) -> None:
        self.query_params: dict[str, str] = query
        self.session_state: dict[str, Any] = {}


class Exchange:
    """A client that exchanges one code."""

    def __init__(self, **answer: str) -> None:
        self._answer = answer

    def post(self, path: str, *, json: Any = None, **_options: Any) -> httpx2.Response:
        assert (path, json) == ("/auth/exchange", {"code": "a-good-code"})
        return httpx2.Response(200, json=self._answer, request=httpx2.Request("POST", "http://api/auth/exchange"))


def test_a_page_takes_the_token_out_of_its_address() -> None:
    page: Any = Page(auth_code="a-good-code", q="kept")

    assert bearer_headers_from_session(page) == {}
    client: Any = Exchange(access_token="abc")
    assert exchange_auth_code_from_query(page, client) == "abc"
    assert page.query_params == {"q": "kept"}
    assert bearer_headers_from_session(page) == {"Authorization": "Bearer abc"}
    assert exchange_auth_code_from_query(page, client) is None


def test_an_answer_without_a_token_is_an_error() -> None:
    page: Any = Page(auth_code="a-good-code")
    client: Any = Exchange()

    with pytest.raises(ValueError, match="access_token"):
        exchange_auth_code_from_query(page, client)
