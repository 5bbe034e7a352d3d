"""The whole login against a real provider, over real sockets."""

import warnings
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI

from fluxlit_auth import (
    GenericOIDCClient,
    GenericOIDCClientConfig,
    JWTAuthConfig,
    JWTBearer,
    OIDCBFFConfig,
    SharedOIDCBFFTokenStore,
    register_oidc_bff_routes,
)
from fluxlit_sessions import InMemorySessionStore

if TYPE_CHECKING:
    from conftest import Browser, LateApp, Provider, Serve

SECRET = "a-first-party-secret-of-more-than-32-bytes"


def api_with(client: dict[str, Any], issuer: str, *, router_prefix: str = "", **options: Any) -> FastAPI:
    """An API with the login on it, as FluxLit leaves its settings on the API."""
    app = FastAPI()
    app.state.fluxlit_settings = SimpleNamespace(api_mount_path="/api")
    oidc = GenericOIDCClient(
        GenericOIDCClientConfig(
            issuer=issuer, client_id=client["client_id"], client_secret=client.get("client_secret", "")
        )
    )
    config = OIDCBFFConfig(oidc=oidc, first_party_secret=SECRET, **options)
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        register_oidc_bff_routes(app, config, router_prefix=router_prefix)
    return app


async def verified(token: str) -> Any:
    config = JWTAuthConfig(issuer="fluxlit-bff", audience="fluxlit-app", algorithms=["HS256"], hs256_secret=SECRET)
    return await JWTBearer(config).verify(token)


class Below:
    """Serves an app below a path, as the gateway does: `path` stays whole, `root_path` says what is in front."""

    def __init__(self, app: Any, root_path: str) -> None:
        self._app, self._root_path = app, root_path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app({**scope, "root_path": self._root_path}, receive, send)


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic", "none"])
async def test_a_login_gives_a_token_of_our_own(
    serve: "Serve", late_app: "LateApp", provider: "Provider", browser: "Browser", query: Any, method: str
) -> None:
    base = serve(late_app)
    client = await provider.register(f"{base}/auth/callback", token_endpoint_auth_method=method)
    late_app.app = api_with(client, provider.issuer + "/", copy_claims=("email", "roles", "absent"))

    landed = await browser.log_in(f"{base}/auth/login", "ada")

    assert (landed.path, len(query(landed)["auth_code"])) == ("/", 43)
    async with httpx.AsyncClient() as server_side:
        body = {"code": query(landed)["auth_code"]}
        answer = await server_side.post(f"{base}/auth/exchange", json=body)
        again = await server_side.post(f"{base}/auth/exchange", json=body)
        short = await server_side.post(f"{base}/auth/exchange", json={"code": "1234567"})

    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type"}
    assert answer.json()["token_type"] == "bearer"
    assert answer.headers["cache-control"] == "no-store"
    claims = await verified(answer.json()["access_token"])
    assert (claims.sub, claims.model_extra) == ("ada", {"email": "ada@example.org", "roles": []})
    assert (again.status_code, again.json()) == (401, {"detail": "Invalid or expired auth code"})
    assert again.headers["cache-control"] == "no-store"
    assert short.status_code == 422


@pytest.mark.parametrize(
    ("root_path", "router_prefix", "public", "routes", "page"),
    [
        ("/api", "", "", "/api/auth", "/"),
        ("/portal/api", "", "", "/portal/api/auth", "/portal/"),
        ("/api", "/v1", "", "/api/v1/auth", "/"),
        ("/api", "", "{base}", "/api/auth", "/"),
        ("/api", "", "{base}/api", "/api/auth", "/"),
        (
            "/portal/api",
            "/v1",
            "{base}/portal/",
            "/portal/api/v1/auth",
            "/portal/",
        ),
    ],
)
async def test_j2_addresses_are_right_under_prefixes_and_mounts(
    serve: "Serve",
    late_app: "LateApp",
    provider: "Provider",
    browser: "Browser",
    query: Any,
    root_path: str,
    router_prefix: str,
    public: str,
    routes: str,
    page: str,
) -> None:
    """Contract section 10, J2: no public URL, an origin, or a URL with a path all lead back to the page."""
    base = serve(late_app)
    client = await provider.register(f"{base}{routes}/callback")
    api = api_with(client, provider.issuer, router_prefix=router_prefix, public_base_url=public.format(base=base))
    late_app.app = Below(api, root_path)

    landed = await browser.log_in(f"{base}{routes}/login", "ada")

    assert str(landed).startswith(f"{base}{page}?auth_code=")
    async with httpx.AsyncClient() as server_side:
        answer = await server_side.post(f"{base}{routes}/exchange", json={"code": query(landed)["auth_code"]})
    assert answer.status_code == 200


async def test_j2_a_proxy_that_takes_the_mount_away_is_told_by_the_public_url(
    serve: "Serve", late_app: "LateApp", provider: "Provider"
) -> None:
    client = await provider.register("https://apps.example/portal/api/auth/callback")
    base = serve(late_app)
    api = api_with(client, provider.issuer, public_base_url="https://apps.example/portal")
    late_app.app = Below(api, "/api")

    async with httpx.AsyncClient() as plain:
        answer = await plain.get(f"{base}/api/auth/login")

    assert httpx.URL(answer.headers["location"]).params["redirect_uri"] == client["redirect_uris"][0]
    assert "__Host-fluxlit_login=" in answer.headers["set-cookie"]
    assert "Secure" in answer.headers["set-cookie"]


async def test_any_replica_finishes_a_login_over_a_shared_store(
    serve: "Serve", late_app: "LateApp", provider: "Provider", browser: "Browser", query: Any
) -> None:
    """Begin, finish and exchange each run in another replica; one code is good for one of many that try."""
    base = serve(late_app)
    client = await provider.register(f"{base}/auth/callback")
    shared = InMemorySessionStore()
    replicas = [api_with(client, provider.issuer, bff_token_store=SharedOIDCBFFTokenStore(shared)) for _ in range(3)]
    order = iter([replicas[0], replicas[1], replicas[2], *replicas])

    async def next_replica(scope: Any, receive: Any, send: Any) -> None:
        await (next(order) if scope["path"].startswith("/auth/") else replicas[0])(scope, receive, send)

    late_app.app = next_replica
    landed = await browser.log_in(f"{base}/auth/login", "ada")
    async with httpx.AsyncClient() as server_side:
        answers = [
            await server_side.post(f"{base}/auth/exchange", json={"code": query(landed)["auth_code"]}) for _ in range(3)
        ]

    assert [answer.status_code for answer in answers] == [200, 401, 401]
    assert list(shared.iterate()) == []


async def test_the_user_who_says_no_at_the_provider_is_told_so(
    serve: "Serve", late_app: "LateApp", provider: "Provider", browser: "Browser"
) -> None:
    base = serve(late_app)
    client = await provider.register(f"{base}/auth/callback")
    late_app.app = api_with(client, provider.issuer)
    form_page = await browser.client.get(f"{base}/auth/login")

    answer = await browser.client.get(f"{form_page.url}/abort")

    assert answer.url.path == "/auth/callback"
    assert (answer.status_code, answer.json()) == (
        403,
        {"detail": "Login refused by the identity provider: access_denied"},
    )
