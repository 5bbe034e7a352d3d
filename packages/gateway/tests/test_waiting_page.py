"""The page that waits, and who gets it."""

import base64
import hashlib
import re

import pytest

from fluxlit_gateway.waiting_page import (
    WAITING_PAGE_CONTENT_SECURITY_POLICY,
    waiting_page,
    waiting_page_headers,
    wants_html,
)


def test_the_title_is_escaped_wherever_it_stands() -> None:
    page = waiting_page('<script>alert("1")</script>&', "starting").decode()

    assert page.count("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;") == 2
    assert "<script>alert" not in page


def test_state_and_ready_url_cannot_leave_their_attributes() -> None:
    page = waiting_page("t", '"><script>', ready_url='/x"><script>').decode()

    assert page.count("<script>") == 1


def test_the_request_id_is_shown_where_there_is_one() -> None:
    assert "Request <code>r-&lt;1&gt;$x</code>" in waiting_page("t", "starting", request_id="r-<1>$x").decode()
    assert "<code>" not in waiting_page("t", "starting").decode()


def test_a_title_with_a_dollar_or_a_lone_surrogate_is_shown() -> None:
    page = waiting_page("$title ${x} \ud800", "starting")

    assert b"$title ${x} ?" in page


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("starting", "is starting"),
        ("restarting", "is restarting"),
        ("failed", "could not be started"),
        ("stopped", "has been stopped"),
        ("something new", "not available"),
    ],
)
def test_each_state_has_its_sentence(state: str, words: str) -> None:
    assert words in waiting_page("t", state).decode()


def test_the_policy_allows_exactly_the_pages_own_style_and_script() -> None:
    page = waiting_page("t", "starting").decode()
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)

    for directive, text in (("style-src", style), ("script-src", script)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in WAITING_PAGE_CONTENT_SECURITY_POLICY
    assert "unsafe" not in WAITING_PAGE_CONTENT_SECURITY_POLICY


def test_the_page_names_no_other_address_and_comes_back_without_script() -> None:
    page = waiting_page("t", "starting").decode()

    assert not re.search(r"https?://|src=|@import", page)
    assert '<noscript><meta http-equiv="refresh"' in page


def test_the_headers_forbid_caching_and_tell_programs_when_to_return() -> None:
    headers = dict(waiting_page_headers(retry_after=7))

    assert headers[b"retry-after"] == b"7"
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"content-security-policy"].decode() == WAITING_PAGE_CONTENT_SECURITY_POLICY


CHROME_NAVIGATION = b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    "headers",
    [
        {b"accept": CHROME_NAVIGATION, b"sec-fetch-mode": b"navigate", b"sec-fetch-dest": b"document"},
        {b"accept": CHROME_NAVIGATION, b"sec-fetch-mode": b"navigate", b"sec-fetch-dest": b"iframe"},
        {b"accept": CHROME_NAVIGATION},
        {b"accept": b"TEXT/HTML"},
        {b"accept": b"application/xhtml+xml"},
        {b"accept": b"text/html; q=0.5, application/json;q=0.4"},
        {b"accept": b"text/html", b"sec-fetch-mode": b"same-origin", b"sec-fetch-dest": b"empty"},
    ],
)
def test_a_page_navigation_gets_html(headers: dict[bytes, bytes]) -> None:
    assert wants_html(headers.items())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {b"accept": b"*/*"},
        {b"accept": b"application/json, text/plain, */*"},
        {b"accept": b"application/json, text/html;q=0.9"},
        {b"accept": b"text/html;q=0"},
        {b"accept": b"text/html;q=x"},
        {b"accept": b"text/event-stream", b"sec-fetch-dest": b"empty"},
        {b"accept": b"*/*", b"sec-fetch-mode": b"cors", b"sec-fetch-dest": b"empty"},
        {b"accept": CHROME_NAVIGATION, b"sec-fetch-dest": b"script"},
        {b"accept": CHROME_NAVIGATION, b"sec-fetch-dest": b"image"},
        {b"accept": b"\xff\xfe"},
    ],
)
def test_anything_else_does_not(headers: dict[bytes, bytes]) -> None:
    assert not wants_html(headers.items())


def test_several_accept_headers_count_as_one_list() -> None:
    assert wants_html([(b"accept", b"text/html"), (b"accept", b"image/*")])
    assert not wants_html([(b"accept", b"text/html;q=0.1"), (b"accept", b"application/json")])
