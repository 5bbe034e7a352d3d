from typing import TYPE_CHECKING, Annotated, Any

import httpx2 as httpx
import pytest
from fastapi import Depends, FastAPI
from starlette.requests import Request
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from fluxlit_auth import TrustedProxyUser, TrustedProxyUserConfig, proxy_user_header
from fluxlit_auth.errors import RefusedError
from fluxlit_auth.forward_auth import PeerAddressMiddleware, remember_peer

if TYPE_CHECKING:
    from conftest import Serve


def app_with(**options: Any) -> FastAPI:
    app = FastAPI()
    user_of = TrustedProxyUser(TrustedProxyUserConfig(**options))

    @app.get("/whoami")
    async def whoami(user: Annotated[str, Depends(user_of)]) -> dict[str, str]:
        return {"user": user}

    @app.get("/raw")
    async def raw(user: Annotated[str | None, Depends(proxy_user_header())]) -> dict[str, str | None]:
        return {"user": user}

    return app


async def answer(base: str, headers: Any, path: str = "/whoami") -> tuple[int, Any]:
    async with httpx.AsyncClient() as client:
        response = await client.get(base + path, headers=headers)
    return response.status_code, response.json()


ADA = {"X-Remote-User": "ada"}
UNTRUSTED = (403, {"detail": "Untrusted client for forward-auth"})
NO_HTTPS = (403, {"detail": "HTTPS required for forward-auth"})
NO_USER = (401, {"detail": "Missing trusted user header"})


async def test_the_user_that_the_proxy_names_arrives(serve: "Serve") -> None:
    base = serve(app_with(), proxy_headers=False)

    assert await answer(base, ADA) == (200, {"user": "ada"})
    assert await answer(base, {}) == NO_USER
    assert await answer(base, {"X-Remote-User": ""}) == NO_USER


async def test_the_plain_header_is_given_as_it_came_or_none(serve: "Serve") -> None:
    base = serve(app_with())

    assert await answer(base, {"X-Remote-User": "ada"}, "/raw") == (200, {"user": "ada"})
    assert await answer(base, {}, "/raw") == (200, {"user": None})


async def test_a_missing_user_may_be_allowed_and_another_header_be_used(serve: "Serve") -> None:
    base = serve(app_with(require_non_empty_user=False, header_name="X-Auth-Request-User"))

    assert await answer(base, {"X-Auth-Request-User": "ada"}) == (200, {"user": "ada"})
    assert await answer(base, ADA) == (200, {"user": ""})


async def test_a_header_that_came_twice_names_nobody(serve: "Serve") -> None:
    base = serve(app_with(require_non_empty_user=False))

    assert await answer(base, [("X-Remote-User", "root"), ("X-Remote-User", "ada")]) == NO_USER


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ({"127.0.0.1"}, (200, {"user": "ada"})),
        ({"10.0.0.1", "127.0.0.0/8"}, (200, {"user": "ada"})),
        ({"10.0.0.0/8", "localhost"}, UNTRUSTED),
        (set[str](), UNTRUSTED),
        ({"unix"}, UNTRUSTED),
    ],
)
async def test_only_trusted_peers_are_believed(serve: "Serve", hosts: set[str], expected: tuple[int, Any]) -> None:
    base = serve(app_with(trusted_client_hosts=frozenset(hosts)), proxy_headers=False)

    assert await answer(base, ADA) == expected
    assert await answer(base, {**ADA, "X-Forwarded-For": "203.0.113.7"}) == expected


async def test_a_peer_on_a_unix_socket_has_a_name_of_its_own() -> None:
    scope: dict[str, Any] = {"type": "http", "client": None, "headers": [(b"x-remote-user", b" ada ")]}
    believed = TrustedProxyUser(TrustedProxyUserConfig(trusted_client_hosts=frozenset({"unix"})))
    refused = TrustedProxyUser(TrustedProxyUserConfig(trusted_client_hosts=frozenset({"127.0.0.1"})))

    assert await believed(Request(scope)) == "ada"
    with pytest.raises(RefusedError, match="Untrusted"):
        await refused(Request(scope))


async def test_an_ipv4_peer_on_an_ipv6_socket_is_the_same_peer() -> None:
    user_of = TrustedProxyUser(TrustedProxyUserConfig(trusted_client_hosts=frozenset({"10.0.0.0/8"})))
    scope: dict[str, Any] = {"type": "http", "client": ("::ffff:10.9.9.9", 5), "headers": [(b"x-remote-user", b"ada")]}

    assert await user_of(Request(scope)) == "ada"


SPOOFED = {**ADA, "X-Forwarded-For": "10.9.9.9", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize("forwarded", ["10.9.9.9", "10.9.9.9:4444", "10.9.9.9, 203.0.113.7", "[10.9.9.9]:80"])
async def test_s4_a_spoofed_forwarded_for_passes_no_host_check(serve: "Serve", forwarded: str) -> None:
    """Contract section 10, S4: a server that trusts `*` lets the client write its own address."""
    app = app_with(trusted_client_hosts=frozenset({"10.9.9.9"}), require_https=True)
    base = serve(app, proxy_headers=True, forwarded_allow_ips="*")

    assert await answer(base, {**SPOOFED, "X-Forwarded-For": forwarded}) == UNTRUSTED


async def test_s4_a_raw_forwarded_proto_is_not_https(serve: "Serve") -> None:
    """Contract section 10, S4: the header counts only where the server took it from a proxy that it trusts."""
    app = app_with(require_https=True)

    assert await answer(serve(app, proxy_headers=False), SPOOFED) == NO_HTTPS
    assert await answer(serve(app, proxy_headers=True, forwarded_allow_ips="10.0.0.1"), SPOOFED) == NO_HTTPS
    trusting = serve(app, proxy_headers=True, forwarded_allow_ips="127.0.0.1")
    assert await answer(trusting, {**ADA, "X-Forwarded-Proto": "https"}) == (200, {"user": "ada"})
    assert await answer(trusting, {**ADA, "X-Forwarded-Proto": "http"}) == NO_HTTPS


class Gateway:
    """Replaces what clients say about where they came from by what the server knows, as FluxLit's gateway does."""

    def __init__(self, app: Any, *, remembering: bool) -> None:
        self._app, self._remembering = app, remembering

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._remembering:
            remember_peer(scope)
        kept = [pair for pair in scope["headers"] if pair[0] != b"x-forwarded-for"]
        told = [*kept, (b"x-forwarded-for", scope["client"][0].encode())]
        await self._app({**scope, "headers": told}, receive, send)


async def test_a_gateway_that_rewrites_headers_remembers_the_peer_before(serve: "Serve") -> None:
    local = app_with(trusted_client_hosts=frozenset({"127.0.0.1"}))
    spoofable = app_with(trusted_client_hosts=frozenset({"10.9.9.9"}))
    behind_nginx = {**ADA, "X-Forwarded-For": "203.0.113.7"}

    good = serve(Gateway(local, remembering=True), proxy_headers=False)
    assert await answer(good, behind_nginx) == (200, {"user": "ada"})
    forgetful = serve(Gateway(local, remembering=False), proxy_headers=False)
    assert await answer(forgetful, behind_nginx) == UNTRUSTED
    careless = serve(Gateway(spoofable, remembering=True), proxy_headers=True, forwarded_allow_ips="*")
    assert await answer(careless, SPOOFED) == UNTRUSTED


async def test_the_peer_is_known_where_it_was_kept_before_the_rewriting(serve: "Serve") -> None:
    app = app_with(trusted_client_hosts=frozenset({"127.0.0.1"}), require_https=True)
    behind = serve(PeerAddressMiddleware(ProxyHeadersMiddleware(app, "127.0.0.1")), proxy_headers=False)  # pyright: ignore[reportArgumentType]  # uvicorn's own scope types
    strangers = app_with(trusted_client_hosts=frozenset({"10.9.9.9"}))
    spoofed = serve(PeerAddressMiddleware(ProxyHeadersMiddleware(strangers, "*")), proxy_headers=False)  # pyright: ignore[reportArgumentType]  # as above

    assert await answer(behind, {**SPOOFED, "X-Forwarded-For": "203.0.113.7"}) == (200, {"user": "ada"})
    assert await answer(spoofed, SPOOFED) == UNTRUSTED
