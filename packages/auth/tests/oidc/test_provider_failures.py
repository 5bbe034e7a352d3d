"""Providers that are odd, broken or hostile: each has an answer, none of them a 500 (contract section 10, J2)."""

import json
import logging
import time
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

from fluxlit_auth import GenericOIDCClient, GenericOIDCClientConfig, OIDCBFFConfig, register_oidc_bff_routes

if TYPE_CHECKING:
    from conftest import LateApp, Serve

CLIENT_ID = "portal"


@dataclass
class OddProvider:
    """A provider whose every answer a test can change; its key is made once."""

    key: RSAKey
    base: str = ""
    issuer_suffix: str = ""
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    token_answer: Response | None = None
    claims: dict[str, Any] = field(default_factory=dict[str, Any])
    forms: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    @property
    def issuer(self) -> str:
        return self.base + self.issuer_suffix

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        async def configuration() -> dict[str, Any]:
            endpoints = {f"{name}_endpoint": f"{self.base}/{name}" for name in ("authorization", "token")}
            return {"issuer": self.issuer, **endpoints, "jwks_uri": f"{self.base}/keys", **self.metadata}

        @app.get("/keys")
        async def keys() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.post("/token")
        async def token(request: Request) -> Response:
            self.forms.append({name: str(value) for name, value in (await request.form()).items()})
            return self.token_answer or JSONResponse({"access_token": "at", "id_token": self.id_token()})

        return app

    def id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "ada", "iat": now, "exp": now + 60, **self.claims}
        given = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, given, self.key)


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "k1"})


@pytest.fixture
def odd(serve: "Serve", key: RSAKey) -> OddProvider:
    provider = OddProvider(key)
    provider.base = serve(provider.app())
    return provider


def api_for(oidc: Any, **options: Any) -> FastAPI:
    app = FastAPI()
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        register_oidc_bff_routes(app, OIDCBFFConfig(oidc=oidc, first_party_secret="x" * 32, **options))
    return app


def client_for(issuer: str) -> GenericOIDCClient:
    return GenericOIDCClient(GenericOIDCClientConfig(issuer=issuer, client_id=CLIENT_ID, client_secret="s"))


async def log_in(base: str, odd: OddProvider | None = None, **callback: str) -> httpx.Response:
    """Begin a login and come back as the provider would send the browser; the claims get the login's nonce."""
    async with httpx.AsyncClient() as browser:
        begun = await browser.get(f"{base}/auth/login")
        if begun.status_code != 302:
            return begun
        sent = httpx.URL(begun.headers["location"]).params
        if odd is not None:
            odd.claims.setdefault("nonce", sent["nonce"])
        return await browser.get(f"{base}/auth/callback", params={"code": "c", "state": sent["state"], **callback})


def says(answer: httpx.Response, status: int, detail: str) -> bool:
    assert (answer.status_code, answer.json()) == (status, {"detail": detail}), answer.text
    assert answer.headers["cache-control"] == "no-store"
    return True


@pytest.mark.parametrize(("suffix", "configured"), [("/", ""), ("/", "/"), ("", "/"), ("", "")])
async def test_j2_an_issuer_may_end_with_a_slash(
    serve: "Serve", odd: OddProvider, suffix: str, configured: str
) -> None:
    odd.issuer_suffix = suffix
    base = serve(api_for(client_for(odd.base + configured)))

    answer = await log_in(base, odd)

    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(f"{base}/?auth_code=")


@pytest.mark.parametrize(
    ("status", "body", "answered", "detail"),
    [
        (400, {"error": "invalid_grant"}, 400, "Authorization code not accepted"),
        (401, {"error": "invalid_client"}, 502, "IdP token request failed"),
        (400, {"error": "invalid_request", "error_description": "<b>"}, 502, "IdP token request failed"),
        (400, "plain text", 502, "IdP token request failed"),
        (200, "plain text", 502, "IdP token request failed"),
        (200, ["a list"], 502, "IdP token request failed"),
        (500, {"error": "server_error"}, 502, "IdP token request failed"),
        (429, "<html>", 502, "IdP token request failed"),
        (200, {"access_token": "at"}, 502, "IdP response missing id_token"),
        (200, {"access_token": "at", "id_token": 7}, 502, "IdP response missing id_token"),
        (200, {"access_token": "at", "id_token": "garbage"}, 502, "Invalid id_token"),
    ],
)
async def test_j2_errors_of_the_token_endpoint_have_clear_answers(
    serve: "Serve", odd: OddProvider, status: int, body: Any, answered: int, detail: str
) -> None:
    plain = isinstance(body, str)
    odd.token_answer = Response(body if plain else json.dumps(body), status, media_type="text/plain" if plain else None)
    if not plain:
        odd.token_answer.headers["content-type"] = "application/json"

    answer = await log_in(serve(api_for(client_for(odd.issuer))))

    assert says(answer, answered, detail)


@pytest.mark.parametrize(
    ("claims", "detail"),
    [
        ({"sub": None}, "id_token missing sub"),
        ({"sub": ""}, "id_token missing sub"),
        ({"exp": 1}, "Invalid id_token"),
        ({"exp": None}, "Invalid id_token"),
        ({"iss": "https://evil.example"}, "Invalid id_token"),
        ({"aud": "another-client"}, "Invalid id_token"),
        ({"aud": [CLIENT_ID, "other"], "azp": "other"}, "Invalid id_token"),
        ({"nonce": "of-another-login"}, "Invalid id_token"),
        ({"nonce": None}, "Invalid id_token"),
        ({"at_hash": "AAAA"}, "Invalid id_token"),
    ],
)
async def test_an_id_token_that_does_not_prove_this_login_is_refused(
    serve: "Serve", odd: OddProvider, claims: dict[str, Any], detail: str
) -> None:
    odd.claims = dict(claims)

    answer = await log_in(serve(api_for(client_for(odd.issuer))), odd)

    assert says(answer, 502, detail)


async def test_an_id_token_without_iat_is_accepted(serve: "Serve", odd: OddProvider) -> None:
    odd.claims = {"iat": None}

    assert (await log_in(serve(api_for(client_for(odd.issuer))), odd)).status_code == 302


async def test_an_id_token_signed_by_somebody_else_is_refused(serve: "Serve", odd: OddProvider) -> None:
    forger = OddProvider(RSAKey.generate_key(2048, {"kid": "k1"}), base=odd.base)
    odd.token_answer = JSONResponse({"access_token": "at", "id_token": forger.id_token()})

    assert says(await log_in(serve(api_for(client_for(odd.issuer)))), 502, "Invalid id_token")


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        ("access_denied", 403, "Login refused by the identity provider: access_denied"),
        ("login_required", 403, "Login refused by the identity provider: login_required"),
        ("temporarily_unavailable", 502, "Identity provider error: temporarily_unavailable"),
        ("invalid_scope", 502, "Identity provider error: invalid_scope"),
        ("<script>alert(1)</script>", 502, "Identity provider error"),
    ],
)
async def test_j2_an_error_in_the_callback_is_told_and_never_repeated_raw(
    serve: "Serve", odd: OddProvider, error: str, status: int, detail: str
) -> None:
    base = serve(api_for(client_for(odd.issuer)))

    assert says(await log_in(base, error=error), status, detail)
    async with httpx.AsyncClient() as nobody:
        assert says(await nobody.get(f"{base}/auth/callback", params={"error": error}), status, detail)


@pytest.mark.parametrize("query", ["", "?code=c", "?state=s", "?code=&state="])
async def test_a_callback_without_code_or_state_is_told_so(serve: "Serve", odd: OddProvider, query: str) -> None:
    base = serve(api_for(client_for(odd.issuer)))
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(f"{base}/auth/callback{query}")

    assert says(answer, 400, "Missing code or state")


async def test_a_response_of_another_issuer_is_refused(serve: "Serve", odd: OddProvider) -> None:
    """RFC 9207: a hostile provider among several sends the browser back with another one's code."""
    base = serve(api_for(client_for(odd.issuer)))

    assert says(await log_in(base, odd, iss="https://evil.example"), 400, "Response of another issuer")
    assert (await log_in(base, odd, iss=odd.issuer)).status_code != 400
    odd.metadata["authorization_response_iss_parameter_supported"] = True
    demanding = serve(api_for(client_for(odd.issuer)))
    assert says(await log_in(demanding, odd), 400, "Response of another issuer")


@pytest.mark.parametrize("metadata", [{"issuer": "https://evil.example"}, {"token_endpoint": None}, {"jwks_uri": "x"}])
async def test_a_configuration_that_is_none_is_an_unavailable_provider(
    serve: "Serve", odd: OddProvider, metadata: dict[str, Any]
) -> None:
    odd.metadata = metadata
    client = client_for(odd.issuer)

    with pytest.raises(ValueError, match="configuration"):
        client.load_discovery_sync()
    assert says(await log_in(serve(api_for(client))), 502, "Identity provider unavailable")


async def test_a_provider_that_is_down_is_an_unavailable_provider(serve: "Serve") -> None:
    answer = await log_in(serve(api_for(client_for("http://127.0.0.1:9"))))

    assert says(answer, 502, "Identity provider unavailable")


def test_a_client_that_read_no_configuration_says_so() -> None:
    with pytest.raises(RuntimeError, match=r"call load_discovery_sync\(\) first"):
        client_for("http://127.0.0.1:9").authorization_url(redirect_uri="r", state="s", code_challenge="c")


async def test_the_secret_goes_in_the_body_and_the_verifier_along(serve: "Serve", odd: OddProvider) -> None:
    base = serve(api_for(client_for(odd.issuer)))
    await log_in(base, odd)

    form = odd.forms[0]
    assert (form["client_id"], form["client_secret"], form["code"]) == (CLIENT_ID, "s", "c")
    assert (len(form["code_verifier"]), form["redirect_uri"]) == (64, f"{base}/auth/callback")
    assert form["grant_type"] == "authorization_code"


class OwnProvider:
    """A provider object of somebody's own, which cannot verify ID tokens."""

    issuer = "https://own.example"

    def __init__(self, id_token: str) -> None:
        self._id_token = id_token

    def authorization_url(self, *, redirect_uri: str, state: str, code_challenge: str, scope: str | None = None) -> str:
        return f"{self.issuer}/login?tenant=7&state={state}&c={code_challenge}&s={scope}&r={redirect_uri}#top"

    async def exchange_code(self, *, code: str, code_verifier: str, redirect_uri: str) -> dict[str, Any]:
        assert code
        assert len(code_verifier) == 64
        assert redirect_uri
        return {"id_token": self._id_token}


async def test_an_own_provider_is_believed_only_when_that_was_chosen(
    serve: "Serve", odd: OddProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    trusting: dict[str, Any] = {"allow_unverified_id_token_for_custom_oidc": True}
    base = serve(api_for(OwnProvider(odd.id_token()), **trusting))

    assert (await log_in(base)).status_code == 302
    async with httpx.AsyncClient() as client:
        begun = await client.get(f"{base}/auth/login")
    assert "?tenant=7&" in begun.headers["location"]
    assert begun.headers["location"].endswith("#top")
    assert says(
        await log_in(serve(api_for(OwnProvider(odd.id_token())))),
        500,
        "The OIDC provider object cannot verify id_tokens",
    )
    odd.claims = {"nonce": "of-another-login"}
    assert says(await log_in(serve(api_for(OwnProvider(odd.id_token()), **trusting))), 502, "Invalid id_token")
    assert says(await log_in(serve(api_for(OwnProvider("x.y.z"), **trusting))), 502, "Invalid id_token")


def test_a_missing_public_url_is_warned_of(odd: OddProvider) -> None:
    config = OIDCBFFConfig(oidc=client_for(odd.issuer), first_party_secret="x" * 32)

    with pytest.warns(UserWarning, match="public_base_url is empty"):
        register_oidc_bff_routes(FastAPI(), config)


def test_the_routes_are_in_the_schema_under_their_tag(odd: OddProvider, late_app: "LateApp") -> None:
    del late_app
    app = FastAPI()
    config = OIDCBFFConfig(
        oidc=client_for(odd.issuer), first_party_secret="x" * 32, public_base_url="https://app.example"
    )

    router = register_oidc_bff_routes(app, config, router_prefix="/v1/")

    assert router.tags == ["auth"]
    assert {"/v1/auth/login", "/v1/auth/callback", "/v1/auth/exchange"} <= set(app.openapi()["paths"])
