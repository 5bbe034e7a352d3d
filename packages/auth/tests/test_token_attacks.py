"""Tokens that are made to deceive the verifier (RFC 8725), and tokens that are made to break it."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OctKey, RSAKey

from fluxlit_auth import JWTAuthConfig, JWTBearer
from fluxlit_auth.errors import InvalidTokenError

if TYPE_CHECKING:
    from conftest import MakeToken, PublishedSet, Serve
    from joserfc.jwk import Key

ISSUER = "https://issuer.example"
AUDIENCE = "orders"
SECRET = "an-hs256-secret-of-more-than-32-bytes!"


def base64url(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(header: object, payload: object, signature: bytes = b"x") -> str:
    return ".".join((base64url(header), base64url(payload), base64url(signature)))


def claims() -> dict[str, Any]:
    return {"sub": "ada", "iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 60}


def secret_bearer() -> JWTBearer:
    return JWTBearer(JWTAuthConfig(issuer=ISSUER, audience=AUDIENCE, algorithms=["HS256"], hs256_secret=SECRET))


@pytest.fixture
def bearer(serve: Serve, published: PublishedSet) -> JWTBearer:
    """Accepts everything that can be accepted, so that what is refused is refused for its own sake."""
    algorithms = ["HS256", "RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
    return JWTBearer(
        JWTAuthConfig(issuer=ISSUER, audience=AUDIENCE, algorithms=algorithms, jwks_url=serve(published) + "/keys")
    )


async def refused(bearer: JWTBearer, token: str) -> str:
    with pytest.raises(InvalidTokenError) as caught:
        await bearer.verify(token)
    assert (caught.value.status_code, caught.value.detail) == (401, "Invalid token")
    return caught.value.reason


async def test_hmac_keyed_with_a_published_key_is_refused(bearer: JWTBearer, signing_keys: dict[str, Key]) -> None:
    key = signing_keys["RS256"]
    assert isinstance(key, RSAKey)
    content = f"{base64url({'alg': 'HS256', 'kid': 'rsa'})}.{base64url(claims())}"
    signature = hmac.digest(key.as_pem(private=False), content.encode(), "sha256")

    assert "no key fits" in await refused(bearer, f"{content}.{base64url(signature)}")


async def test_a_symmetric_key_in_the_published_set_verifies_nothing(
    bearer: JWTBearer, published: PublishedSet, make_token: MakeToken
) -> None:
    leaked = OctKey.import_key({"kty": "oct", "k": base64url(SECRET.encode()), "kid": "leaked"})
    published.body = json.dumps({"keys": [leaked.as_dict()]}).encode()

    assert "no key fits" in await refused(bearer, make_token(leaked, "HS256"))


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", "HS512", "RS1", "dir"])
async def test_an_algorithm_that_is_not_accepted_is_refused(bearer: JWTBearer, alg: str) -> None:
    assert "signed with" in await refused(bearer, unsigned({"alg": alg}, claims()))


async def test_a_token_without_a_signature_is_refused(bearer: JWTBearer) -> None:
    token = unsigned({"alg": "RS256"}, claims(), b"")

    assert "empty one" in await refused(bearer, token)


async def test_a_key_that_the_token_brings_along_is_ignored(bearer: JWTBearer, make_token: MakeToken) -> None:
    own = RSAKey.generate_key(2048, {"kid": "rsa"})
    header = {"jwk": own.as_dict(private=False), "jku": "https://evil.example/keys", "kid": "rsa"}

    assert "no key fits" in await refused(bearer, make_token(own, "RS256", header=header))


async def test_another_curve_under_a_known_kid_is_refused(bearer: JWTBearer, make_token: MakeToken) -> None:
    foreign = ECKey.generate_key("P-256", {"kid": "ec"})

    assert "no key fits" in await refused(bearer, make_token(foreign, "ES256"))


async def test_a_key_is_not_used_for_another_family(
    bearer: JWTBearer, make_token: MakeToken, signing_keys: dict[str, Key]
) -> None:
    token = make_token(signing_keys["ES256"], "ES256", header={"kid": "rsa"})

    assert "no key fits" in await refused(bearer, token)


@pytest.mark.parametrize("typ", ["logout+jwt", "dpop+jwt", "secevent+jwt", "JWE", "", 7, None])
async def test_a_token_of_another_type_is_refused(make_token: MakeToken, typ: object) -> None:
    if typ is None:
        assert (await secret_bearer().verify(make_token(SECRET, "HS256"))).sub == "ada"
        return
    assert "of type" in await refused(secret_bearer(), unsigned({"alg": "HS256", "typ": typ}, claims()))


@pytest.mark.parametrize("typ", ["JWT", "jwt", "at+jwt", "application/at+jwt", "application/JWT"])
async def test_the_types_of_access_tokens_are_accepted(make_token: MakeToken, typ: str) -> None:
    assert (await secret_bearer().verify(make_token(SECRET, "HS256", header={"typ": typ}))).sub == "ada"


@pytest.mark.parametrize("header", [{"crit": ["b64"], "b64": False}, {"crit": []}, {"b64": True}, {"crit": "x"}])
async def test_a_token_that_asks_for_an_extension_is_refused(header: dict[str, Any]) -> None:
    token = unsigned({"alg": "HS256", **header}, claims())

    assert "extension" in await refused(secret_bearer(), token)


async def test_an_oversized_token_is_refused_unread(make_token: MakeToken) -> None:
    token = make_token(SECRET, "HS256", padding="x" * 20_000)

    assert "bytes, more than" in await refused(secret_bearer(), token)


@pytest.mark.parametrize("part", ["header", "payload"])
async def test_a_deeply_nested_token_is_refused(part: str) -> None:
    deep = b'{"a":' + b"[" * 4000 + b"]" * 4000 + b"}"
    token = unsigned(deep, claims()) if part == "header" else unsigned({"alg": "HS256"}, deep)

    assert "nested" in await refused(secret_bearer(), token)


async def test_brackets_in_texts_are_not_nesting(make_token: MakeToken) -> None:
    token = make_token(SECRET, "HS256", note='[{"\\' * 100, groups=[{"id": n} for n in range(60)])

    assert (await secret_bearer().verify(token)).sub == "ada"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", '"soon"', "true", "[]", "9" * 5000])
async def test_an_expiry_that_is_no_number_is_refused(value: str) -> None:
    payload = json.dumps(claims()).encode().replace(b'"exp": ', b'"exp": ' + value.encode() + b', "was": ')
    signed = signed_hs256(payload)

    await refused(secret_bearer(), signed)


@pytest.mark.parametrize("payload", [b"[]", b'"text"', b"null", b"{", b"\xff\xfe", b"{}", b'{"exp": 1e300, "iss": 1}'])
async def test_a_signed_payload_that_is_no_set_of_claims_is_refused(payload: bytes) -> None:
    await refused(secret_bearer(), signed_hs256(payload))


def signed_hs256(payload: bytes) -> str:
    from joserfc import jws

    return jws.serialize_compact({"alg": "HS256"}, payload, OctKey.import_key(SECRET))


ALGS: list[object] = ["HS256", "RS256", "none", ["HS256"], {}, 1, None]
PARTS = st.one_of(
    st.text(max_size=40),
    st.binary(max_size=60).map(base64url),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    ).map(base64url),
    st.fixed_dictionaries(
        {"alg": st.sampled_from(ALGS)},
        optional={
            "typ": st.sampled_from(["JWT", 1, []]),
            "kid": st.text(max_size=5) | st.integers() | st.none(),
            "crit": st.lists(st.text(max_size=3), max_size=2),
            "jku": st.integers(),
            "x5c": st.text(max_size=3),
        },
    ).map(base64url),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a loaded machine
@given(st.lists(PARTS, min_size=1, max_size=5).map(".".join) | st.text(max_size=200))
async def test_garbage_is_refused_and_never_breaks_the_verifier(token: str) -> None:
    with pytest.raises(InvalidTokenError):
        await secret_bearer().verify(token)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a loaded machine
@given(
    st.dictionaries(
        st.sampled_from(["sub", "iss", "aud", "exp", "iat", "nbf", "jti", "scope", "roles"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=8)
        | st.lists(st.integers(), max_size=3),
    )
)
async def test_claims_of_any_shape_give_claims_or_a_refusal(changes: dict[str, Any]) -> None:
    token = signed_hs256(json.dumps({**claims(), **changes}).encode())

    try:
        verified = await secret_bearer().verify(token)
    except InvalidTokenError:
        return
    verified.model_dump_json()
