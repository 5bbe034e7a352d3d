"""Tokens, forward-auth, redaction and tracing as documented."""

import json
import logging
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI

from fluxlit import (
    FluxLitTestClient,
    JWTAuthConfig,
    JWTBearer,
    RequireRoles,
    RequireScopes,
    StandardClaims,
    issue_hs256_access_token,
    pkce_pair,
    reset_trace_hook,
    set_trace_hook,
    trace_span,
)
from fluxlit.auth import TrustedProxyUser, TrustedProxyUserConfig
from fluxlit.logging import (
    GATEWAY_ACCESS_LOG_FIELDS,
    JsonLogFormatter,
    redact_authorization,
    redact_query_string,
    sanitize_headers,
)

SECRET = "a secret of more than thirty-two characters"
BEARER = JWTBearer(JWTAuthConfig(issuer="me", audience="portal", algorithms=["HS256"], hs256_secret=SECRET))
Claims = Annotated[StandardClaims, Depends(BEARER)]


class Application:
    """Secured routes as the documentation shows them."""

    def __init__(self) -> None:
        self.api = FastAPI()
        self.api.add_api_route("/me", self.me)
        self.api.add_api_route("/read", lambda: "read", dependencies=[Depends(RequireScopes(BEARER, "read", "list"))])
        self.api.add_api_route("/admin", lambda: "admin", dependencies=[Depends(RequireRoles(BEARER, "admin", "root"))])
        proxy = TrustedProxyUser(TrustedProxyUserConfig(trusted_client_hosts=frozenset({"testclient"})))
        self.api.add_api_route("/proxied", self.proxied(proxy))

    async def me(self, claims: Claims) -> str | None:
        return claims.sub

    def proxied(self, proxy: TrustedProxyUser) -> Any:
        async def endpoint(user: Annotated[str, Depends(proxy)]) -> str:
            return user

        return endpoint


CLIENT = FluxLitTestClient(Application())


def token(**claims: Any) -> Mapping[str, str]:
    text = issue_hs256_access_token(
        subject="ada", issuer="me", audience="portal", secret=SECRET, ttl_seconds=60, extra_claims=claims
    )
    return {"Authorization": f"Bearer {text}"}


def test_a_token_opens_a_secured_route() -> None:
    assert CLIENT.api_get("/me", headers=token()).json() == "ada"


@pytest.mark.parametrize(
    ("header", "detail", "challenge"),
    [
        (None, "Missing bearer token", "Bearer"),
        ("Basic eDp5", "Missing bearer token", "Bearer"),
        ("Bearer ", "Empty bearer token", "Bearer"),
        ("Bearer x.y.z", "Invalid token", 'Bearer error="invalid_token"'),
    ],
)
def test_what_is_no_token_is_refused_with_the_documented_words(header: str | None, detail: str, challenge: str) -> None:
    answer = CLIENT.api_get("/me", headers={"Authorization": header} if header is not None else {})

    assert (answer.status_code, answer.json()["detail"]) == (401, detail)
    assert answer.headers["www-authenticate"] == challenge


def test_an_expired_token_is_told_apart() -> None:
    answer = CLIENT.api_get("/me", headers=token(exp=1))

    assert (answer.status_code, answer.json()["detail"]) == (401, "Token expired")


def test_scopes_are_all_needed_and_roles_any() -> None:
    assert CLIENT.api_get("/read", headers=token(scope="list read")).json() == "read"
    assert CLIENT.api_get("/read", headers=token(scope="read")).json()["detail"] == "Insufficient scope"
    assert CLIENT.api_get("/admin", headers=token(roles=["root"])).json() == "admin"
    assert CLIENT.api_get("/admin", headers=token(roles="user")).json()["detail"] == "Insufficient role"


def test_j1_a_scope_that_is_a_list_is_read_as_one() -> None:
    assert CLIENT.api_get("/read", headers=token(scope=["list", "read"])).json() == "read"


def test_a_pkce_pair_has_the_documented_lengths() -> None:
    assert tuple(map(len, pkce_pair())) == (64, 43)


def test_a_proxys_user_is_believed_from_a_trusted_address() -> None:
    assert CLIENT.api_get("/proxied", headers={"X-Remote-User": " ada "}).json() == "ada"
    assert CLIENT.api_get("/proxied").json()["detail"] == "Missing trusted user header"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("Bearer abc", "Bearer <redacted>"), ("Basic abc", "Basic <redacted>"), ("abc", "<redacted>"), (" ", "")],
)
def test_credentials_are_redacted_as_documented(value: str, shown: str) -> None:
    assert redact_authorization(value) == shown


def test_queries_and_headers_are_redacted() -> None:
    assert redact_query_string("FLUXLIT_SID=abc&q=a+b") == "FLUXLIT_SID=%3Credacted%3E&q=a+b"
    assert redact_query_string("team=blue", sensitive_keys={"team"}) == "team=%3Credacted%3E"
    shown = sanitize_headers({"Authorization": "Bearer abc", "Cookie": "a=b", "Accept": "x"})
    assert "abc" not in str(shown)
    assert "a=b" not in str(shown)


def test_json_lines_have_the_base_fields_and_the_extras() -> None:
    record = logging.makeLogRecord({"name": "fluxlit.gateway", "levelname": "INFO", "msg": "día", "path": b"/x"})

    line = JsonLogFormatter().format(record)

    told = json.loads(line)
    assert {"time", "level", "logger", "message"} <= set(told)
    assert (told["level"], told["logger"], told["message"], told["path"]) == ("INFO", "fluxlit.gateway", "día", "/x")
    assert "día" in line
    assert GATEWAY_ACCESS_LOG_FIELDS[:5] == ("request_id", "fluxlit_dispatch", "http_method_or_type", "path", "query")


def test_spans_go_to_the_hook_that_is_set() -> None:
    seen: list[tuple[str, Mapping[str, Any]]] = []

    @contextmanager
    def hook(name: str, attributes: Mapping[str, Any]) -> Generator[None]:
        seen.append((name, attributes))
        yield

    before = set_trace_hook(hook)
    with trace_span("work", {"a": 1}):
        pass
    reset_trace_hook(before)
    with trace_span("unseen", {}):
        pass

    assert [(name, dict(attributes)) for name, attributes in seen] == [("work", {"a": 1})]
