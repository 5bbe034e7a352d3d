"""Keys that an issuer publishes: fetched when needed, kept, refreshed, and missed without harm."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import anyio
import httpx2 as httpx
import pytest
from fastapi import Depends, FastAPI
from joserfc.jwk import OctKey, RSAKey

from fluxlit_auth import JWTAuthConfig, JWTBearer
from fluxlit_auth.errors import InvalidTokenError, KeysUnavailableError
from fluxlit_auth.jwt.jwks import JWKSOptions, PublishedKeys

if TYPE_CHECKING:
    from conftest import MakeToken, PublishedSet, Serve
    from joserfc.jwk import Key

ISSUER = "https://issuer.example"
AUDIENCE = "orders"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bearer(serve: Serve, published: PublishedSet, clock: Clock) -> JWTBearer:
    return bearer_for(serve(published) + "/keys", clock)


def bearer_for(url: str, clock: Clock) -> JWTBearer:
    algorithms = ["HS256", "RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
    config = JWTAuthConfig(issuer=ISSUER, audience=AUDIENCE, algorithms=algorithms, jwks_url=url)
    return JWTBearer(config, keys=PublishedKeys(url, options=JWKSOptions(), clock=clock))


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"])
async def test_every_algorithm_verifies_with_a_published_key(
    bearer: JWTBearer, make_token: MakeToken, signing_keys: dict[str, Key], alg: str
) -> None:
    key = signing_keys["Ed25519" if alg == "EdDSA" else alg]

    claims = await bearer.verify(signed(make_token, key, alg))

    assert claims.sub == "ada"


def signed(make_token: MakeToken, key: Key, alg: str) -> str:
    """Issuers still sign by the old name, of which joserfc warns."""
    if alg != "EdDSA":
        return make_token(key, alg)
    with pytest.warns(UserWarning, match="EdDSA is deprecated"):
        return make_token(key, alg)


async def test_keys_are_fetched_once_and_kept(
    bearer: JWTBearer, published: PublishedSet, make_token: MakeToken, signing_keys: dict[str, Key], clock: Clock
) -> None:
    assert published.requests == 0
    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(bearer.verify, make_token(signing_keys["ES256"], "ES256"))
    assert published.requests == 1

    clock.now += 599
    await bearer.verify(make_token(signing_keys["RS256"], "RS256"))
    assert published.requests == 1

    clock.now += 2
    await bearer.verify(make_token(signing_keys["RS256"], "RS256"))
    assert published.requests == 2


async def test_a_rotated_key_is_found_at_once_and_made_up_ids_cost_nothing(
    bearer: JWTBearer, published: PublishedSet, make_token: MakeToken, signing_keys: dict[str, Key], clock: Clock
) -> None:
    await bearer.verify(make_token(signing_keys["RS256"], "RS256"))
    new = RSAKey.generate_key(2048, {"kid": "new"})
    published.keys.append(new)
    clock.now += 10

    assert (await bearer.verify(make_token(new, "RS256"))).sub == "ada"
    assert published.requests == 2

    for number in range(20):
        made_up = make_token(new, "RS256", header={"kid": f"made-up-{number}"})
        with pytest.raises(InvalidTokenError):
            await bearer.verify(made_up)
    assert published.requests == 2


async def test_a_wrong_signature_under_a_known_key_causes_no_fetch(
    bearer: JWTBearer, published: PublishedSet, make_token: MakeToken, signing_keys: dict[str, Key], clock: Clock
) -> None:
    await bearer.verify(make_token(signing_keys["RS256"], "RS256"))
    clock.now += 60
    forged = make_token(RSAKey.generate_key(2048), "RS256", header={"kid": "rsa"})

    with pytest.raises(InvalidTokenError):
        await bearer.verify(forged)

    assert published.requests == 1


async def test_a_token_without_a_key_id_is_tried_on_each_key_and_on_new_ones(
    bearer: JWTBearer, published: PublishedSet, make_token: MakeToken, clock: Clock
) -> None:
    nameless = RSAKey.generate_key(2048)
    published.keys.append(nameless)
    assert (await bearer.verify(make_token(nameless, "RS256"))).sub == "ada"

    another = RSAKey.generate_key(2048)
    published.keys.append(another)
    clock.now += 60
    assert (await bearer.verify(make_token(another, "RS256"))).sub == "ada"
    assert published.requests == 2


async def test_old_keys_serve_on_while_the_issuer_is_down(
    bearer: JWTBearer, published: PublishedSet, make_token: MakeToken, signing_keys: dict[str, Key], clock: Clock
) -> None:
    token = make_token(signing_keys["RS256"], "RS256")
    await bearer.verify(token)
    published.status = 500
    clock.now += 700

    await bearer.verify(token)
    await bearer.verify(token)
    assert published.requests == 2, "a failing issuer is asked again only after a pause"

    clock.now += 90_000
    with pytest.raises(KeysUnavailableError) as refused:
        await bearer.verify(token)
    assert (refused.value.status_code, refused.value.headers) == (503, {"Retry-After": "5"})

    published.status = 200
    clock.now += 5
    assert (await bearer.verify(token)).sub == "ada"


async def test_an_unknown_key_while_the_issuer_is_down_is_not_the_tokens_fault(
    bearer: JWTBearer, published: PublishedSet, make_token: MakeToken, signing_keys: dict[str, Key], clock: Clock
) -> None:
    await bearer.verify(make_token(signing_keys["RS256"], "RS256"))
    published.status = 500
    clock.now += 60

    with pytest.raises(KeysUnavailableError):
        await bearer.verify(make_token(signing_keys["RS256"], "RS256", header={"kid": "maybe-new"}))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"keys": 7}', b"\xff", b"[" * 100_000])
async def test_a_document_that_is_no_key_set_is_an_issuer_that_is_down(
    bearer: JWTBearer, published: PublishedSet, make_token: MakeToken, signing_keys: dict[str, Key], body: bytes
) -> None:
    published.body = body

    with pytest.raises(KeysUnavailableError):
        await bearer.verify(make_token(signing_keys["RS256"], "RS256"))


async def test_an_endless_document_is_not_read_to_its_end(
    bearer: JWTBearer, published: PublishedSet, make_token: MakeToken, signing_keys: dict[str, Key]
) -> None:
    published.body = b'{"keys": [' + b" " * 2_000_000 + b"]}"

    with pytest.raises(KeysUnavailableError) as refused:
        await bearer.verify(make_token(signing_keys["RS256"], "RS256"))

    assert "larger than" in refused.value.reason


async def test_keys_that_cannot_be_used_are_skipped(
    bearer: JWTBearer, published: PublishedSet, make_token: MakeToken, signing_keys: dict[str, Key]
) -> None:
    good = signing_keys["RS256"].as_dict(private=False)
    odd: list[Any] = [
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "x"},
        {"kty": "RSA", "kid": "rsa", "n": "!", "e": 7},
        {"kty": "EC", "crv": "P-0", "x": "AA", "y": "AA"},
        {**good, "use": "enc"},
        OctKey.generate_key(256).as_dict(),
        {},
        "text",
    ]
    published.body = json.dumps({"keys": [*odd, good]}).encode()

    assert (await bearer.verify(make_token(signing_keys["RS256"], "RS256"))).sub == "ada"


def test_event_loops_share_one_set(
    bearer: JWTBearer, published: PublishedSet, make_token: MakeToken, signing_keys: dict[str, Key]
) -> None:
    token = make_token(signing_keys["RS256"], "RS256")

    with ThreadPoolExecutor(4) as pool:
        subjects = [each.result().sub for each in [pool.submit(anyio.run, bearer.verify, token) for _ in range(8)]]

    assert subjects == ["ada"] * 8
    assert 1 <= published.requests <= 4, "loops that begin at once may each fetch; later ones use what is there"


async def test_the_proxy_of_the_environment_is_used(
    serve: Serve,
    published: PublishedSet,
    make_token: MakeToken,
    signing_keys: dict[str, Key],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("HTTP_PROXY", serve(published))

    claims = await bearer_for("http://issuer.invalid/keys", Clock()).verify(make_token(signing_keys["RS256"], "RS256"))

    assert (claims.sub, published.requests) == ("ada", 1)


def guarded_app(bearer: JWTBearer) -> FastAPI:
    app = FastAPI()

    @app.get("/me", dependencies=[Depends(bearer)])
    async def me() -> str:
        return "in"

    return app


async def test_j1_no_token_and_no_outage_ends_in_a_500(
    serve: Serve, published: PublishedSet, make_token: MakeToken, signing_keys: dict[str, Key]
) -> None:
    """Contract section 10, J1: unknown kid, JWKS down, list scope, fractional iat/exp, HS256 beside RS256."""
    clock, key = Clock(), signing_keys["RS256"]
    base = serve(guarded_app(bearer_for(serve(published), clock)))
    nowhere = serve(guarded_app(bearer_for("http://127.0.0.1:9/keys", clock)))
    good = make_token(key, "RS256")
    hmac = make_token("x" * 40, "HS256")

    async with httpx.AsyncClient() as client:

        async def status(token: str, of: str = base) -> int:
            return (await client.get(f"{of}/me", headers={"Authorization": f"Bearer {token}"})).status_code

        assert await status(good) == 200
        assert await status(make_token(key, "RS256", header={"kid": "unknown"})) == 401
        assert await status(good, nowhere) == 503
        assert await status(make_token(key, "RS256", scope=["read", "write"])) == 200
        assert await status(make_token(key, "RS256", iat=1700000000.5, exp=4000000000.25)) == 200
        assert await status(hmac) == 401
        assert await status(hmac, nowhere) == 401
        assert await status("a.b.c", nowhere) == 401
