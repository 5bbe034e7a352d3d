"""The guard itself: what is open, what asks for more, who is sent where, and what other sites cannot do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxlit_auth import AuthConfigurationError, Basic, ForwardAuth, User
from fluxlit_auth.guard.path_rules import PathRules
from fluxlit_auth.guard.return_address import safe_return_address

ANYBODY = Basic(lambda _name, _password: True)


@dataclass
class Page:
    paths: tuple[str, ...]
    public: bool = False
    requires: tuple[Any, ...] = field(default=())


async def test_public_paths_are_open_and_nothing_beside_them(protect: Any, visit: Any) -> None:
    app = protect(ANYBODY, plan={"public": ["/api/prices/*", "/about"]})

    opened = [(await visit(app, "GET", path)).status_code for path in ("/api/prices", "/api/prices/1", "/about/")]
    closed = [(await visit(app, "GET", path)).status_code for path in ("/api/pricesx", "/about/us", "/", "/api")]

    assert opened == [200] * 3
    assert closed == [401] * 4


async def test_a_public_pattern_does_not_open_what_requires_something(protect: Any, visit: Any) -> None:
    app = protect(ANYBODY, plan={"public": ["/*"], "requires": {"/api/admin/*": "role:admin"}})

    assert (await visit(app, "GET", "/anything")).status_code == 200
    assert (await visit(app, "GET", "/api/admin/x")).status_code == 401


async def test_a_public_page_opens_what_a_browser_needs_for_it_and_no_other_page(protect: Any, visit: Any) -> None:
    pages = [Page(("/about",), public=True), Page(("/", "/home"))]
    app = protect(ANYBODY, pages=pages)

    needed = ["/about", "/static/js/main.js", "/_stcore/health", "/_stcore/host-config", "/media/x.png"]
    others = ["/", "/home", "/_stcore/metrics", "/app/static/report.pdf", "/api/me"]

    assert [(await visit(app, "GET", path)).status_code for path in needed] == [200] * len(needed)
    assert [(await visit(app, "GET", path)).status_code for path in others] == [401] * len(others)


async def test_without_a_public_page_nothing_of_streamlit_is_open(protect: Any, visit: Any) -> None:
    app = protect(ANYBODY, pages=[Page(("/",))])

    for path in ("/static/js/main.js", "/_stcore/health", "/media/x.png"):
        assert (await visit(app, "GET", path)).status_code == 401


async def test_requirements_are_words_or_functions(protect: Any, visit: Any, basic: Any) -> None:
    def begins_with_a(user: User) -> bool:
        return user.id.startswith("a")

    rules = {"/a": "user:ada", "/b": begins_with_a, "/c": ["user:ada", "scope:x"]}
    app = protect(ANYBODY, plan={"requires": rules})

    statuses = {
        (name, path): (await visit(app, "GET", path, headers=basic(name))).status_code
        for name in ("ada", "bob")
        for path in ("/a", "/b", "/c")
    }

    assert {key for key, status in statuses.items() if status == 200} == {("ada", "/a"), ("ada", "/b")}
    assert set(statuses.values()) == {200, 403}


@pytest.mark.parametrize(
    "wrong",
    [{"public": ["about"]}, {"public": ["/a*"]}, {"public": ["/*/b"]}, {"requires": {"/a": "admin"}}],
)
def test_a_rule_that_is_not_understood_is_told_at_once(protect: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(AuthConfigurationError):
        protect(ANYBODY, plan=wrong)


CROSS_SITE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://app.example"},
]


@pytest.mark.parametrize("sent", CROSS_SITE)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_csrf_another_site_changes_nothing_with_the_users_identity(
    protect: Any, visit: Any, basic: Any, sent: dict[str, str], method: str
) -> None:
    app = protect(ANYBODY)

    answer = await visit(app, method, "/api/orders", headers={**basic("ada"), **sent})

    assert (answer.status_code, app.requests) == (403, [])


@pytest.mark.parametrize(
    "sent",
    [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://app.example"}],
)
async def test_csrf_the_applications_own_pages_and_programs_do(
    protect: Any, visit: Any, basic: Any, sent: dict[str, str]
) -> None:
    answer = await visit(protect(ANYBODY), "POST", "/api/orders", headers={**basic("ada"), **sent})

    assert answer.status_code == 200


async def test_csrf_trusted_origins_do_and_an_open_path_sees_nobody(protect: Any, visit: Any, basic: Any) -> None:
    trusting = protect(ANYBODY, trusted_origins=frozenset({"https://portal.example"}))
    opened = protect(ANYBODY, plan={"public": ["/api/open"]})
    sent = {**basic("ada"), "Origin": "https://portal.example", "Sec-Fetch-Site": "cross-site"}

    assert (await visit(trusting, "POST", "/api/orders", headers=sent)).status_code == 200
    assert (await visit(opened, "POST", "/api/open", headers=sent)).json()["user"] is None


async def test_a_preflight_passes_where_the_api_answers_them_and_only_there(protect: Any, visit: Any) -> None:
    sent = {"Origin": "https://portal.example", "Access-Control-Request-Method": "POST"}
    app = protect(ANYBODY, answers_preflight=True)

    assert (await visit(app, "OPTIONS", "/api/orders", headers=sent)).status_code == 200
    assert (await visit(app, "OPTIONS", "/page", headers=sent)).status_code == 401
    assert (await visit(app, "OPTIONS", "/api/orders")).status_code == 401
    assert (await visit(protect(ANYBODY), "OPTIONS", "/api/orders", headers=sent)).status_code == 401


async def test_a_person_gets_a_page_and_a_program_json_and_neither_is_cached(protect: Any, visit: Any) -> None:
    app = protect(ForwardAuth(trusted=frozenset({"10.0.0.1"})))

    person = await visit(app, "GET", "/<script>", headers={"Accept": "text/html"})
    program = await visit(app, "GET", "/x")

    assert person.headers["Content-Type"].startswith("text/html")
    assert "<script>" not in person.text
    assert program.json() == {"detail": "Authentication required"}
    assert program.headers["WWW-Authenticate"]
    assert person.headers["Cache-Control"] == program.headers["Cache-Control"] == "no-store"


@given(st.text())
def test_a_return_address_is_always_in_the_application(text: str) -> None:
    address = safe_return_address(text, mount="/app")

    assert address in {"/app", "/app/"} or address.startswith(("/app/", "/app?"))
    assert not set(address) & set("\\\r\n\t ")


@given(st.from_regex(r"/[a-z/.]{0,12}", fullmatch=True), st.from_regex(r"/[a-z]{1,5}(/\*)?", fullmatch=True))
def test_a_pattern_matches_its_path_and_what_is_below_it_alone(path: str, pattern: str) -> None:
    rules = PathRules.of([pattern], {})
    base = pattern.removesuffix("/*")
    below = pattern.endswith("/*") and path.startswith(base + "/")

    assert rules.is_public(path) == (path.rstrip("/") == base or (below and path.rstrip("/").startswith(base)))
