from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any

import httpx2 as httpx
import pytest
from fastapi import Depends, FastAPI, WebSocket
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from fluxlit_auth import (
    AuthConfigurationError,
    JWTAuthConfig,
    JWTBearer,
    RequireRoles,
    RequireScopes,
    StandardClaims,
    issue_hs256_access_token,
)

if TYPE_CHECKING:
    from conftest import Serve
    from joserfc.jwk import Key

ISSUER = "https://issuer.example"
AUDIENCE = "orders"
SECRET = "an-hs256-secret-of-more-than-32-bytes!"
OLD_SECRET = "the-secret-from-before-the-rotation!!"


def app_with(bearer: JWTBearer) -> FastAPI:
    app = FastAPI()

    @app.get("/me")
    async def me(claims: Annotated[StandardClaims, Depends(bearer)]) -> dict[str, Any]:
        return claims.model_dump()

    @app.get("/write")
    async def write(claims: Annotated[StandardClaims, Depends(RequireScopes(bearer, "read", "write"))]) -> str:
        return str(claims.sub)

    @app.get("/admin")
    async def admin(claims: Annotated[StandardClaims, Depends(RequireRoles(bearer, "admin", "root"))]) -> str:
        return str(claims.sub)

    @app.get("/nobody", dependencies=[Depends(RequireRoles(bearer))])
    async def nobody() -> None: ...

    @app.get("/anybody", dependencies=[Depends(RequireScopes(bearer))])
    async def anybody() -> None: ...

    @app.websocket("/live")
    async def live(websocket: WebSocket, claims: Annotated[StandardClaims, Depends(bearer)]) -> None:
        await websocket.accept()
        await websocket.send_text(str(claims.sub))
        await websocket.close()

    return app


def hs256(**changes: Any) -> JWTBearer:
    options: dict[str, Any] = {
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "algorithms": ["HS256"],
        "hs256_secret": SECRET,
        **changes,
    }
    return JWTBearer(JWTAuthConfig(**options))


@pytest.fixture
def base(serve: "Serve") -> str:
    return serve(app_with(hs256(hs256_secret=[SECRET, OLD_SECRET])))


def own_token(**changes: Any) -> str:
    options: dict[str, Any] = {
        "subject": "ada",
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "secret": SECRET,
        "ttl_seconds": 60,
        **changes,
    }
    return issue_hs256_access_token(**options)


def authorized(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_an_issued_token_is_accepted_and_its_claims_arrive(base: str, http: httpx.AsyncClient) -> None:
    token = own_token(extra_claims={"team": "blue"})

    answer = await http.get(f"{base}/me", headers={"Authorization": f"bEaReR {token}"})

    assert answer.status_code == 200
    claims = answer.json()
    assert (claims["sub"], claims["iss"], claims["aud"], claims["team"]) == ("ada", ISSUER, AUDIENCE, "blue")
    assert claims["exp"] - claims["iat"] == 60


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        (None, "Missing bearer token"),
        ("Basic YTpi", "Missing bearer token"),
        ("Bearer\tabc", "Missing bearer token"),
        ("Bearer", "Missing bearer token"),
    ],
)
async def test_a_request_without_a_token_is_told_so(
    base: str, http: httpx.AsyncClient, header: str | None, detail: str
) -> None:
    answer = await http.get(f"{base}/me", headers={"Authorization": header} if header else {})

    assert (answer.status_code, answer.json()) == (401, {"detail": detail})
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_empty_token_is_told_so() -> None:
    from starlette.requests import Request

    request = Request({"type": "http", "headers": [(b"authorization", b"Bearer   ")]})

    with pytest.raises(Exception, match="Empty bearer token") as refused:
        await hs256()(request)

    assert getattr(refused.value, "headers", None) == {"WWW-Authenticate": "Bearer"}


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"ttl_seconds": -1}, "Token expired"),
        ({"issuer": "https://other.example"}, "Invalid token"),
        ({"audience": "billing"}, "Invalid token"),
        ({"secret": "another-secret-of-more-than-32-bytes!!"}, "Invalid token"),
        ({"extra_claims": {"nbf": 2**40}}, "Invalid token"),
        ({"extra_claims": {"iat": 2**40}}, "Invalid token"),
        ({"extra_claims": {"exp": None}}, "Invalid token"),
        ({"extra_claims": {"sub": 7}}, "Invalid token"),
    ],
)
async def test_a_token_that_is_not_valid_here_is_refused(
    base: str, http: httpx.AsyncClient, changes: dict[str, Any], detail: str
) -> None:
    answer = await http.get(f"{base}/me", headers=authorized(own_token(**changes)))

    assert (answer.status_code, answer.json()) == (401, {"detail": detail})
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_a_secret_that_is_rotated_out_verifies_on(base: str, http: httpx.AsyncClient) -> None:
    before = await http.get(f"{base}/me", headers=authorized(own_token(secret=OLD_SECRET)))
    after = await http.get(f"{base}/me", headers=authorized(own_token(secret=[SECRET, OLD_SECRET])))

    assert (before.status_code, after.status_code) == (200, 200)


async def test_leeway_tolerates_clocks_that_differ() -> None:
    token = own_token(ttl_seconds=-5)

    claims = await hs256(leeway_seconds=60).verify(token)

    assert claims.sub == "ada"


@pytest.mark.parametrize(
    ("path", "claims", "status", "detail"),
    [
        ("/write", {"scope": "read write more"}, 200, None),
        ("/write", {"scope": ["read", "write"]}, 200, None),
        ("/write", {"scope": "read"}, 403, "Insufficient scope"),
        ("/write", {}, 403, "Insufficient scope"),
        ("/anybody", {}, 200, None),
        ("/admin", {"roles": ["guest", "admin"]}, 200, None),
        ("/admin", {"roles": "root"}, 200, None),
        ("/admin", {"roles": "admin root"}, 403, "Insufficient role"),
        ("/admin", {"roles": 7}, 403, "Insufficient role"),
        ("/nobody", {"roles": ["admin"]}, 403, "Insufficient role"),
    ],
)
async def test_scopes_are_all_needed_and_of_roles_one(
    base: str, http: httpx.AsyncClient, path: str, claims: dict[str, Any], status: int, detail: str | None
) -> None:
    answer = await http.get(base + path, headers=authorized(own_token(extra_claims=claims)))

    assert answer.status_code == status
    assert detail is None or answer.json() == {"detail": detail}


async def test_a_websocket_route_is_guarded_by_the_same_dependency(base: str) -> None:
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus

    url = base.replace("http", "ws") + "/live"
    async with connect(url, additional_headers=authorized(own_token()), proxy=None) as socket:
        assert await socket.recv() == "ada"

    with pytest.raises(InvalidStatus) as refused:
        async with connect(url, proxy=None):
            pass
    assert refused.value.response.status_code == 401


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"algorithms": ["RS256"]}, "hs256_secret is set but algorithms are"),
        ({"hs256_secret": None}, "set jwks_url or hs256_secret"),
        ({"hs256_secret": None, "jwks_url": "http://127.0.0.1/keys"}, "jwks_url is set but algorithms are"),
    ],
)
def test_a_configuration_that_cannot_verify_is_refused_at_once(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(AuthConfigurationError, match=message):
        hs256(**changes)


def test_a_public_key_is_no_secret(signing_keys: "dict[str, Key]") -> None:
    key = signing_keys["RS256"]
    assert isinstance(key, RSAKey)

    with pytest.raises(AuthConfigurationError, match="hs256_secret cannot be used"):
        hs256(hs256_secret=key.as_pem(private=False).decode())


@pytest.mark.parametrize("audience", ["", [], ["orders", ""]])
def test_an_audience_that_everybody_has_is_refused(audience: Any) -> None:
    with pytest.raises(ValueError, match="names no audience"):
        JWTAuthConfig(issuer=ISSUER, audience=audience)


def test_unsigned_tokens_cannot_be_allowed() -> None:
    with pytest.raises(ValueError, match="none"):
        JWTAuthConfig(issuer=ISSUER, audience=AUDIENCE, algorithms=["none"])


def test_a_guessable_secret_is_warned_of() -> None:
    with pytest.warns(UserWarning, match="can be guessed"):
        hs256(hs256_secret="short")


def settings(**changes: Any) -> Any:
    empty = {"jwt_issuer": ISSUER, "jwt_audience": AUDIENCE, "jwt_hs256_secret": "", "jwt_jwks_url": ""}
    return SimpleNamespace(**{**empty, "jwt_leeway_seconds": 0, **changes})


def test_settings_choose_the_algorithm() -> None:
    secret = JWTBearer.from_fluxlit_settings(settings(jwt_hs256_secret=SECRET))
    kept = JWTBearer.from_fluxlit_settings(settings(jwt_hs256_secret=SecretStr(SECRET)))
    published = JWTBearer.from_fluxlit_settings(settings(jwt_jwks_url="https://issuer.example/keys"))

    assert kept.config == secret.config
    assert (secret.config.algorithms, published.config.algorithms) == (["HS256"], ["RS256"])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"jwt_hs256_secret": SECRET, "jwt_jwks_url": "https://issuer.example/keys"},
        {"jwt_hs256_secret": SECRET, "jwt_issuer": ""},
        {"jwt_hs256_secret": SECRET, "jwt_audience": ""},
    ],
)
def test_settings_that_do_not_fit_together_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="FLUXLIT_JWT_"):
        JWTBearer.from_fluxlit_settings(settings(**changes))
