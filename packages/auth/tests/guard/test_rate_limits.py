"""Rate limits: whose requests are counted together, what is answered beyond a limit, and where guessing ends."""

from __future__ import annotations

from typing import Any

import pytest

from fluxlit_auth import AuthConfigurationError, Basic
from fluxlit_auth.guard.environment import GuardOptions
from fluxlit_auth.guard.rate_limits.layer import RateLimits
from fluxlit_auth.guard.rate_limits.rule import RateLimit

OPTIONS = GuardOptions(open_paths=frozenset({"/api/healthz"}))


class Limited:
    """Limits by address in front of a guarded application, limits by user behind the guard."""

    def __init__(self, app: Any, *limits: RateLimit) -> None:
        self._app = app
        by_address = RateLimits([limit for limit in limits if limit.by == "ip"], OPTIONS)
        by_user = RateLimits([limit for limit in limits if limit.by != "ip"], OPTIONS)
        self._served = by_address.layer(app.guard.layer(by_user.layer(app._inside)))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = {}
        await self._served(scope, receive, send)


def rule(text: str, by: Any = "user", paths: tuple[str, ...] = (), methods: tuple[str, ...] = ()) -> RateLimit:
    return RateLimit.parse(text, by=by, paths=paths, methods=methods)


async def test_beyond_a_limit_is_429_with_the_time_to_wait(protect: Any, visit: Any, basic: Any) -> None:
    app = Limited(protect(Basic(lambda _n, _p: True)), rule("2/minute"))

    answers = [await visit(app, "GET", "/api/x", headers=basic("ada")) for _request in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].json() == {"detail": "Too many requests"}


async def test_a_users_requests_count_wherever_they_come_from(protect: Any, visit: Any, basic: Any) -> None:
    app = Limited(protect(Basic(lambda _n, _p: True)), rule("2/minute"))
    for address in ("192.0.2.1", "192.0.2.2"):
        await visit(app, "GET", "/api/x", headers=basic("ada"), peer=(address, 1))

    again = await visit(app, "GET", "/api/x", headers=basic("ada"), peer=("192.0.2.3", 1))
    other = await visit(app, "GET", "/api/x", headers=basic("bob"), peer=("192.0.2.3", 1))

    assert (again.status_code, other.status_code) == (429, 200)


async def test_an_address_is_limited_before_anybody_is_recognised(protect: Any, visit: Any) -> None:
    app = Limited(protect(Basic(lambda _n, _p: False)), rule("2/minute", "ip", ("/api/auth/login",)))

    statuses = [(await visit(app, "GET", "/api/auth/login")).status_code for _request in range(3)]

    assert statuses == [401, 401, 429]


async def test_pages_and_probes_are_not_counted_unless_a_path_says_so(protect: Any, visit: Any, basic: Any) -> None:
    app = Limited(protect(Basic(lambda _n, _p: True)), rule("1/minute", "ip"))

    for path in ("/", "/", "/api/healthz", "/api/healthz"):
        assert (await visit(app, "GET", path, headers=basic("ada"))).status_code == 200


@pytest.mark.parametrize("text", ["", "many", "0/minute", "5", "5/fortnight", "-1/second", "5/minute;x"])
def test_a_limit_that_is_not_understood_is_told_at_once(text: str) -> None:
    with pytest.raises(AuthConfigurationError, match="limit"):
        rule(text)


def test_whose_requests_are_counted_has_to_be_one_of_three() -> None:
    with pytest.raises(AuthConfigurationError, match="by="):
        rule("1/second", "planet")
