"""Each method of authentication: what it recognises, what it refuses, and how several work together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fluxlit_auth import (
    JWT,
    APIKeys,
    AuthConfigurationError,
    Basic,
    ClaimsMapping,
    ForwardAuth,
    JWTAuthConfig,
    User,
)
from fluxlit_auth.guard.api_keys.key_store import KeyStore
from fluxlit_auth.guard.shared_store import SharedStore
from fluxlit_sessions import InMemorySessionStore

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "an-hs256-secret-of-more-than-32-bytes!"
BEARER = JWTAuthConfig(issuer="https://issuer.example", audience="orders", algorithms=["HS256"], hs256_secret=SECRET)


def knows(name: str, password: str) -> bool:
    return (name, password) == ("ada", "right")


async def test_a_right_password_is_let_in_and_kept_from_the_page(protect: Any, visit: Any, basic: Any) -> None:
    app = protect(Basic(knows))

    seen = (await visit(app, "GET", "/page", headers=basic("ada"))).json()

    assert seen["user"] == "ada"
    assert "authorization" not in seen["headers"]
    assert seen["upstream"]["x-fluxlit-user-id"] == "ada"


@pytest.mark.parametrize(
    "sent", ["Basic", "Basic !!!", "Basic YWRh", "Basic OnJpZ2h0", "Basic /w==", "Bearer x", "basic YWRhOndyb25n"]
)
async def test_anything_else_in_the_header_is_401_and_reaches_nobody(protect: Any, visit: Any, sent: str) -> None:
    app = protect(Basic(knows))

    answer = await visit(app, "GET", "/page", headers={"Authorization": sent})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert app.requests == []


@pytest.mark.parametrize("answer", [1, "ada", {"id": "ada"}, None, False])
async def test_only_true_or_a_user_lets_somebody_in(protect: Any, visit: Any, basic: Any, answer: Any) -> None:
    app = protect(Basic(lambda _name, _password: answer))

    assert (await visit(app, "GET", "/", headers=basic("ada"))).status_code == 401


async def test_an_asynchronous_verify_may_say_who_it_is(protect: Any, visit: Any, basic: Any) -> None:
    async def verify(name: str, password: str) -> User | None:
        return User(id=f"{name}@example.org", roles=frozenset({"staff"})) if password == "right" else None

    seen = (await visit(protect(Basic(verify)), "GET", "/", headers=basic("ada"))).json()

    assert (seen["user"], seen["roles"]) == ("ada@example.org", ["staff"])


async def test_a_password_is_verified_once_for_a_page_full_of_requests(protect: Any, visit: Any, basic: Any) -> None:
    asked: list[str] = []
    app = protect(Basic(lambda name, _password: asked.append(name) is None))

    for _request in range(5):
        assert (await visit(app, "GET", "/", headers=basic("ada"))).status_code == 200

    assert asked == ["ada"]


async def test_guessing_a_password_is_slowed_down_for_that_name_and_address(
    protect: Any, visit: Any, basic: Any
) -> None:
    app = protect(Basic(knows))
    wrong = basic("ada", "wrong")

    statuses = [(await visit(app, "GET", "/", headers=wrong)).status_code for _attempt in range(6)]
    right_but_late = await visit(app, "GET", "/", headers=basic("ada"))
    elsewhere = await visit(app, "GET", "/", headers=basic("ada"), peer=("192.0.2.10", 1))

    assert statuses == [401] * 5 + [429]
    assert right_but_late.status_code == 429
    assert 0 < int(right_but_late.headers["Retry-After"]) <= 3600
    assert elsewhere.status_code == 200


async def test_a_token_is_a_user_by_a_mapping(protect: Any, visit: Any, make_token: Callable[..., str]) -> None:
    mapping = ClaimsMapping(roles="realm.groups", role_names={"cn=admins": ["admin"]}, name="preferred_username")
    token = make_token(SECRET, "HS256", realm={"groups": ["cn=admins", "staff"]}, preferred_username="Ada")
    app = protect(JWT(BEARER, mapping=mapping))

    seen = (await visit(app, "GET", "/", headers={"Authorization": f"Bearer {token}"})).json()

    assert (seen["user"], seen["roles"]) == ("ada", ["admin", "staff"])


@pytest.mark.parametrize("claims", [{"sub": None}, {"sub": ""}, {"exp": 1}, {"aud": "another"}])
async def test_a_token_that_names_nobody_or_not_us_is_401(
    protect: Any, visit: Any, make_token: Callable[..., str], claims: dict[str, Any]
) -> None:
    token = make_token(SECRET, "HS256", **claims)

    answer = await visit(protect(JWT(BEARER)), "GET", "/", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401


async def test_several_methods_are_asked_in_order(
    protect: Any, visit: Any, basic: Any, make_token: Callable[..., str]
) -> None:
    app = protect(JWT(BEARER), Basic(knows))
    token = make_token(SECRET, "HS256", sub="robot")

    by_token = await visit(app, "GET", "/", headers={"Authorization": f"Bearer {token}"})
    by_password = await visit(app, "GET", "/", headers=basic("ada"))
    by_nothing = await visit(app, "GET", "/")

    assert (by_token.json()["user"], by_password.json()["user"]) == ("robot", "ada")
    assert by_nothing.headers["WWW-Authenticate"] == 'Bearer, Basic realm="FluxLit", charset="UTF-8"'


async def test_s4_a_proxys_headers_count_from_that_proxy_alone(protect: Any, visit: Any) -> None:
    method = ForwardAuth(trusted=frozenset({"10.0.0.0/8"}), roles_header="X-Groups", email_header="X-Mail")
    app = protect(method, plan={"public": ["/open"]})
    says = {"X-Remote-User": "ada", "X-Groups": "staff, admin", "X-Mail": "ada@example.org"}

    trusted = (await visit(app, "GET", "/", headers=says, peer=("10.1.2.3", 1))).json()
    stranger = await visit(app, "GET", "/", headers=says)
    spoofed_chain = await visit(app, "GET", "/", headers={**says, "X-Forwarded-For": "192.0.2.9"})
    on_open_path = (await visit(app, "GET", "/open", headers=says)).json()

    assert (trusted["user"], trusted["roles"]) == ("ada", ["admin", "staff"])
    assert (stranger.status_code, spoofed_chain.status_code) == (403, 403)
    assert on_open_path["user"] is None
    assert not {"x-remote-user", "x-groups", "x-mail"} & on_open_path["headers"].keys()


def test_forward_auth_has_to_be_told_whom_to_trust() -> None:
    with pytest.raises(ValueError, match="trusted"):
        ForwardAuth(trusted=frozenset())


async def test_a_key_is_kept_as_a_hash_and_works_until_it_ends(protect: Any, visit: Any) -> None:
    store = InMemorySessionStore()
    now = [1_000.0]
    keys = KeyStore(SharedStore(store), clock=lambda: now[0])
    made = await keys.create("ci", scopes=["read"], expires_seconds=60)
    app = protect(APIKeys(), store=store)

    found = await keys.find(made.text)
    kept = str([store.get(key) for key in store.iterate("apikey:")])
    now[0] += 61

    assert found is not None
    assert found.scopes == {"read"}
    assert made.text.split("_", 2)[2] not in kept
    assert made.text not in repr(made)
    assert await keys.find(made.text) is None
    assert (await visit(app, "GET", "/", headers={"X-API-Key": "flk_made-up"})).status_code == 401


async def test_a_key_is_a_bearer_token_too_and_says_when_it_was_last_used(protect: Any, visit: Any) -> None:
    store = InMemorySessionStore()
    keys = KeyStore(SharedStore(store))
    made = await keys.create("ci", user="robot")
    app = protect(APIKeys(), store=store)

    seen = (await visit(app, "GET", "/", headers={"Authorization": f"Bearer {made.text}"})).json()
    listed = await keys.every()

    assert seen["user"] == "robot"
    assert listed[0].used_at is not None
    assert await keys.revoke(made.record.id) is True
    assert (await visit(app, "GET", "/", headers={"X-API-Key": made.text})).status_code == 401


def test_a_method_that_is_none_is_told_at_once(protect: Any) -> None:
    with pytest.raises(AuthConfigurationError, match="checker"):
        protect(object())
