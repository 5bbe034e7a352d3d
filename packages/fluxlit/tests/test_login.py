"""`attach_oidc_login`: with a configured store any process of the application can finish what another began."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from fluxlit import FluxLit, FluxlitSettings
from fluxlit_testing import FluxLitTestClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.testclient import TestClient

SECRET = "a-first-party-secret-of-more-than-32-bytes"


class Provider:
    """An identity provider that knows Ada."""

    issuer = "https://id.example"

    def authorization_url(self, *, redirect_uri: str, state: str, code_challenge: str, scope: str | None = None) -> str:
        del redirect_uri, code_challenge, scope
        return f"{self.issuer}/login?state={state}"

    def exchange_code(self, *, code: str, code_verifier: str, redirect_uri: str) -> dict[str, Any]:
        del code, code_verifier, redirect_uri
        claims = {"iss": self.issuer, "sub": "ada", "aud": "portal", "exp": int(time.time()) + 60}
        return {"id_token": jwt.encode({"alg": "HS256"}, claims, OctKey.generate_key(256))}


@pytest.fixture
def make_process() -> Callable[..., TestClient]:
    """The API of an application as one of several processes serves it."""

    def make(**settings: Any) -> TestClient:
        app = FluxLit(settings=FluxlitSettings.model_validate(settings))
        app.attach_oidc_login(
            Provider(), first_party_secret=SECRET, public_base_url=BASE, allow_unverified_id_token_for_custom_oidc=True
        )
        api = FluxLitTestClient.of(app).api
        api.follow_redirects = False
        return api

    return make


BASE = "http://testserver"


def parameter(location: str, name: str) -> str:
    return parse_qs(urlsplit(location).query)[name][0]


def finished(first: TestClient, second: TestClient) -> Any:
    """A login that `first` began and the provider sends back to `second`."""
    state = parameter(first.get("/api/auth/login").headers["location"], "state")
    second.cookies.update(first.cookies)
    return second.get("/api/auth/callback", params={"code": "a-code", "state": state})


def test_a_login_goes_on_in_another_process_and_its_code_is_good_once(
    make_process: Callable[..., TestClient], tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path / 'logins.db'}"
    first, second, third = (make_process(session_store=store) for _ in range(3))

    answer = finished(first, second)
    code = {"code": parameter(answer.headers["location"], "auth_code")}
    third.cookies.update(second.cookies)
    tokens = [process.post("/api/auth/exchange", json=code) for process in (third, second)]

    assert [each.status_code for each in tokens] == [200, 401]
    assert tokens[0].json()["token_type"] == "bearer"


def test_without_a_configured_store_each_process_has_its_own_logins(make_process: Callable[..., TestClient]) -> None:
    process = make_process()

    assert finished(process, process).status_code == 302
    assert finished(make_process(), make_process()).json() == {"detail": "Invalid or expired state"}
