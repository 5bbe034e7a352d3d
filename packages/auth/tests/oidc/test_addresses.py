"""Where the login's routes and the page are, for each way a server and a proxy may describe a request."""

from typing import Any

import pytest
from starlette.requests import Request

from fluxlit_auth.oidc.addresses import Addresses, with_query


def request(path: str, root_path: str = "", *, host: str = "app.example", scheme: str = "http") -> Request:
    headers: list[Any] = [(b"host", host.encode())]
    scope: dict[str, Any] = {"type": "http", "path": path, "root_path": root_path, "headers": headers}
    return Request({**scope, "scheme": scheme, "query_string": b"", "server": ("10.0.0.1", 8000)})


@pytest.mark.parametrize(
    ("path", "root_path", "public", "callback", "page"),
    [
        ("/auth/login", "", "", "http://app.example/auth/callback", "http://app.example/?c=1"),
        ("/api/auth/login", "/api", "", "http://app.example/api/auth/callback", "http://app.example/?c=1"),
        # A server that leaves root_path out of path, as some do.
        ("/auth/login", "/portal/api", "", "http://app.example/portal/api/auth/callback", "http://app.example/portal/?c=1"),
        ("/api/auth/login", "/api", "https://x.example", "https://x.example/api/auth/callback", "https://x.example/?c=1"),
        ("/api/auth/login", "/api", "https://x.example/p", "https://x.example/p/api/auth/callback", "https://x.example/p/?c=1"),
        ("/p/api/auth/login", "/p/api", "https://x.example/p/", "https://x.example/p/api/auth/callback", "https://x.example/p/?c=1"),
        ("/p/api/auth/login", "/p/api", "https://x.example", "https://x.example/p/api/auth/callback", "https://x.example/p/?c=1"),
        ("/p/api/auth/login", "/p/api", "https://x.example/p/api", "https://x.example/p/api/auth/callback", "https://x.example/p/?c=1"),
        # A mount whose name begins like another one is not that mount.
        ("/papi/auth/login", "/papi", "https://x.example/p", "https://x.example/p/papi/auth/callback", "https://x.example/p/?c=1"),
    ],
)  # fmt: skip
def test_addresses_follow_the_request_and_the_public_url(
    path: str, root_path: str, public: str, callback: str, page: str
) -> None:
    addresses = Addresses(public, api_prefix="/api")
    begun = request(path, root_path)

    assert addresses.sibling(begun, here="/auth/login", there="/auth/callback") == callback
    assert addresses.page(begun, "/", {"c": "1"}) == page


def test_a_page_may_be_below_have_a_query_or_be_somewhere_else() -> None:
    addresses = Addresses("", api_prefix="/api")
    here = request("/api/auth/callback", "/api", scheme="https")

    assert addresses.page(here, "/reports?year=2026", {"c": "1"}) == "https://app.example/reports?year=2026&c=1"
    assert addresses.page(here, "reports#top", {"c": "1"}) == "https://app.example/reports?c=1#top"
    assert addresses.page(here, "https://ui.example/", {"c": "1"}) == "https://ui.example/?c=1"


def test_what_the_browser_talks_is_what_the_public_url_says() -> None:
    assert Addresses("https://x.example", "").secure(request("/"))
    assert Addresses("", "").secure(request("/", scheme="https"))
    assert not Addresses("http://x.example", "").secure(request("/", scheme="https"))


def test_a_query_is_added_in_front_of_the_fragment_and_encoded() -> None:
    assert with_query("https://x.example/a?b=1#c", {"d": "e f&"}) == "https://x.example/a?b=1&d=e+f%26#c"
