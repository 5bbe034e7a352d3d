from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request


def request(host: str = "h:8000", scheme: str = "http", path: str = "/x") -> Request:
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": scheme,
        "path": path,
        "query_string": b"",
        "headers": [(b"host", host.encode())],
    }
    return Request(scope)


@pytest.mark.parametrize(
    ("base", "mount", "expected"),
    [
        ("", "", "http://h:8000"),
        ("", "apps/my/", "http://h:8000/apps/my"),
        ("https://example.org", "/apps/my", "https://example.org/apps/my"),
        ("https://example.org/", "", "https://example.org"),
        ("https://example.org/other/", "/apps/my", "https://example.org/other"),
        ("example.org/no-scheme", "/m", "http://h:8000/m"),
    ],
)
def test_the_root_of_the_application(make_app: Any, base: str, mount: str, expected: str) -> None:
    assert make_app(public_base_url=base, root_path=mount).urls.app_base(request()) == expected


def test_addresses_of_the_api(make_app: Any) -> None:
    urls = make_app(root_path="/m").urls
    assert urls.api_base(request()) == "http://h:8000/m/api"
    assert urls.docs_url(request()) == "http://h:8000/m/api/docs"
    assert urls.redoc_url(request()) == "http://h:8000/m/api/redoc"
    assert urls.openapi_url(request()) == "http://h:8000/m/api/openapi.json"
    assert urls.health_url(request()) == "http://h:8000/m/api/healthz"
    assert urls.ready_url(request()) == "http://h:8000/m/api/readyz"


def test_documentation_that_is_off_has_no_address(make_app: Any) -> None:
    urls = make_app(api=SimpleNamespace(docs_url=None, redoc_url=None, openapi_url=False)).urls
    assert [urls.docs_url(request()), urls.redoc_url(request()), urls.openapi_url(request())] == [None] * 3


@pytest.mark.parametrize(
    ("mount", "expected"), [("/", "http://h:8000/"), ("", "http://h:8000/api"), ("v1/", "http://h:8000/v1")]
)
def test_other_places_of_the_api(make_app: Any, mount: str, expected: str) -> None:
    assert make_app(api_mount_path=mount).urls.api_base(request()) == expected


def test_addresses_of_pages(make_app: Any) -> None:
    urls = make_app(root_path="/m").urls
    assert urls.for_page(request(), "/") == "http://h:8000/m/"
    assert urls.for_page(request(), "reports") == "http://h:8000/m/reports"
    assert (
        urls.page_url(request(), "/r", query={"a": "b c", "tag": ["x", "y"]}) == "http://h:8000/m/r?a=b+c&tag=x&tag=y"
    )


def test_a_page_passes_its_context_instead_of_a_request(make_app: Any) -> None:
    context = SimpleNamespace(url="https://h/m/reports?x=1")
    assert make_app(root_path="/m").urls.for_page(context, "/users") == "https://h/m/users"
