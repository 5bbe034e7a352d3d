"""The page's side of a login, with a real API on a real socket."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI, Header, HTTPException

from fluxlit_auth import (
    bearer_headers_from_session,
    exchange_auth_code_from_query,
    issue_hs256_access_token,
    prepare_streamlit_api_client,
)
from fluxlit_auth.oidc.browser_binding import new_auth_code, new_browser_secret
from fluxlit_client import ApiClient

if TYPE_CHECKING:
    from conftest import Serve


@pytest.fixture
def api(serve: "Serve") -> str:
    """Knows one code, gives a token for it once, and says who calls."""
    app = FastAPI()
    spent: list[str] = []

    @app.post("/auth/exchange")
    async def exchange(body: dict[str, str]) -> dict[str, str]:
        if body["code"] in spent or body["code"].startswith("bad"):
            raise HTTPException(401, "Invalid or expired auth code")
        spent.append(body["code"])
        return {} if body["code"] == "tokenless" else {"access_token": "the-token", "token_type": "bearer"}

    @app.get("/caller")
    async def caller(authorization: Annotated[str, Header()] = "") -> str:
        return authorization

    return serve(app)


def page(query: dict[str, Any], **context: Any) -> Any:
    seen = {"context": SimpleNamespace(**context)} if context else {}
    return SimpleNamespace(query_params=query, session_state={}, **seen)


def test_a_code_is_traded_for_the_sessions_token_and_leaves_the_url(api: str) -> None:
    st = page({"auth_code": "code-1234", "page": "orders"})

    with ApiClient(api) as client:
        assert exchange_auth_code_from_query(st, client) == "the-token"

    assert st.session_state == {"fluxlit_access_token": "the-token"}
    assert st.query_params == {"page": "orders"}
    assert bearer_headers_from_session(st) == {"Authorization": "Bearer the-token"}


def test_names_are_free_and_lists_have_a_first(api: str) -> None:
    st = page({"c": ["code-1234", "other"]})

    with ApiClient(api) as client:
        exchange_auth_code_from_query(st, client, query_key="c", session_key="t")

    assert st.session_state == {"t": "the-token"}
    assert bearer_headers_from_session(st, session_key="t") == {"Authorization": "Bearer the-token"}


def test_without_a_code_nothing_happens(api: str) -> None:
    st = page({"page": "orders"})

    with ApiClient(api) as client:
        assert exchange_auth_code_from_query(st, client) is None

    assert (st.session_state, bearer_headers_from_session(st)) == ({}, {})


def test_a_refused_code_and_an_answer_without_a_token_are_errors(api: str) -> None:
    with ApiClient(api) as client:
        with pytest.raises(httpx.HTTPStatusError):
            exchange_auth_code_from_query(page({"auth_code": "bad-code"}), client)
        with pytest.raises(ValueError, match="without an access_token"):
            exchange_auth_code_from_query(page({"auth_code": "tokenless"}), client)


def test_the_prepared_client_calls_as_the_user(api: str) -> None:
    st = page({"auth_code": "code-1234"})

    first = prepare_streamlit_api_client(st, base_url=api)
    st.query_params["auth_code"] = "left-alone"
    second = prepare_streamlit_api_client(st, base_url=api)

    assert [first.get("/caller").json(), second.get("/caller").json()] == ["Bearer the-token"] * 2
    assert st.query_params == {"auth_code": "left-alone"}
    first.close()
    second.close()


def test_without_a_login_the_prepared_client_calls_as_nobody(api: str) -> None:
    with prepare_streamlit_api_client(page({}), base_url=api) as client:
        assert client.get("/caller").json() == ""


def test_a_failed_login_is_raised_from_the_prepared_client(api: str) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        prepare_streamlit_api_client(page({"auth_code": "bad-code"}), base_url=api)


def test_s6_a_code_that_somebody_else_sent_is_dropped_unused(api: str) -> None:
    mine, theirs = new_browser_secret(), new_browser_secret()
    planted = new_auth_code(theirs)
    browser: dict[str, Any] = {"headers": {"Host": "app.example"}}

    with ApiClient(api) as client:
        for cookies in ({}, {"fluxlit_login": mine}, {"fluxlit_login": "x"}):
            st = page({"auth_code": planted}, **browser, cookies=cookies)
            assert exchange_auth_code_from_query(st, client) is None
            assert (st.query_params, st.session_state) == ({}, {})
        owner = page({"auth_code": planted}, **browser, cookies={"__Host-fluxlit_login": theirs})
        assert exchange_auth_code_from_query(owner, client) == "the-token"


def test_s6_over_https_a_cookie_that_another_host_could_have_set_does_not_count(api: str) -> None:
    theirs = new_browser_secret()
    seen: dict[str, Any] = {"headers": {"Host": "app.example"}, "url": "https://app.example/"}
    st = page({"auth_code": new_auth_code(theirs)}, **seen, cookies={"fluxlit_login": theirs})

    with ApiClient(api) as client:
        assert exchange_auth_code_from_query(st, client) is None


def test_an_expired_token_is_forgotten(api: str) -> None:
    options: dict[str, Any] = {"subject": "ada", "issuer": "i", "audience": "a", "secret": "x" * 32}
    fresh, old = (issue_hs256_access_token(**options, ttl_seconds=seconds) for seconds in (60, -1))
    st = page({})
    st.session_state["fluxlit_access_token"] = fresh
    assert bearer_headers_from_session(st) == {"Authorization": f"Bearer {fresh}"}
    st.session_state["fluxlit_access_token"] = old

    with prepare_streamlit_api_client(st, base_url=api) as client:
        assert client.get("/caller").json() == ""
    assert st.session_state == {}


def test_the_check_can_be_left_out_for_logins_that_are_not_ours(api: str) -> None:
    st = page({"auth_code": "code-1234"}, headers={"Host": "app.example"}, cookies={})

    with ApiClient(api) as client:
        assert exchange_auth_code_from_query(st, client, login_cookie_name=None) == "the-token"


def test_without_a_browser_there_is_nothing_to_check(api: str) -> None:
    """Streamlit's AppTest has a context without headers and cookies."""
    st = page({"auth_code": "code-1234"}, headers={}, cookies={})

    with ApiClient(api) as client:
        assert exchange_auth_code_from_query(st, client) == "the-token"
