from __future__ import annotations

import pytest

from fluxlit_client import InvalidPathError
from fluxlit_client.exchange.paths import join_path

BASE = "http://h/api"


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/users", "http://h/api/users"),
        ("users", "http://h/api/users"),
        ("", "http://h/api/"),
        ("?a=1", "http://h/api/?a=1"),
        ("/a?u=http://x", "http://h/api/a?u=http://x"),
        ("/a?next=//x&up=../..", "http://h/api/a?next=//x&up=../.."),
        ("/proxy/http://x", "http://h/api/proxy/http://x"),
        ("/a..b/...", "http://h/api/a..b/..."),
        ("/items:search", "http://h/api/items:search"),
        ("/a%20b/c%2Fd", "http://h/api/a%20b/c%2Fd"),
        ("/名前", "http://h/api/名前"),
    ],
)
def test_paths_below_the_prefix_are_joined(path: str, url: str) -> None:
    assert join_path(BASE, path) == url


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/x",
        "https:/x",
        "ftp:x",
        "javascript:x",
        "//evil.example/x",
        "///x",
        "/\\evil",
        "\\\\evil",
        "/a\\..\\b",
        "../x",
        "/a/../../x",
        "/a/..",
        "/./a",
        "/%2e%2e/x",
        "/a/%2E./x",
        "/..%2fx",
        "/a%5c..%5cx",
        "/a\nb",
        "/a\tb",
        "/a\x00",
        "/a?b=\r\nHost: evil",
        "\x7f",
    ],
)
def test_paths_that_could_leave_the_api_are_refused(path: str) -> None:
    with pytest.raises(InvalidPathError) as caught:
        join_path(BASE, path)
    assert repr(path) in str(caught.value)
    assert isinstance(caught.value, ValueError)
