"""Hostile and honest origins, against the rule that guards the WebSocket handshake."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from fluxlit_gateway.origin import OriginRule, OriginVerdict


def scope(*headers: tuple[str, str], scheme: str = "ws") -> dict[str, Any]:
    return {
        "type": "websocket",
        "scheme": scheme,
        "headers": [(name.lower().encode(), value.encode("utf-8")) for name, value in headers],
    }


def verdict(origin: str, host: str, *, scheme: str = "ws", rule: OriginRule | None = None) -> OriginVerdict:
    return (rule or OriginRule()).check(scope(("Host", host), ("Origin", origin), scheme=scheme))


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("http://app.example.com", "app.example.com", "ws"),
        ("https://app.example.com", "app.example.com", "wss"),
        ("http://app.example.com:8000", "app.example.com:8000", "ws"),
        ("http://app.example.com", "app.example.com:80", "ws"),
        ("https://app.example.com:443", "app.example.com", "wss"),
        ("HTTP://APP.Example.COM", "app.example.com", "ws"),
        ("http://app.example.com", "APP.EXAMPLE.com", "ws"),
        ("http://[::1]:8501", "[::1]:8501", "ws"),
        ("http://[::1]", "[0:0:0:0:0:0:0:1]", "ws"),
        ("http://xn--bcher-kva.example", "xn--bcher-kva.example", "ws"),
        ("http://app.example.com.", "app.example.com.", "ws"),
        ("http://my_service:8000", "my_service:8000", "ws"),
        ("http://localhost:8000", "localhost:8000", "ws"),
    ],
)
def test_the_pages_own_origin_passes(origin: str, host: str, scheme: str) -> None:
    assert verdict(origin, host, scheme=scheme) == OriginVerdict(allowed=True)


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param("http://evil.example", id="another site"),
        pytest.param("null", id="null, as sandboxed frames and file: pages send it"),
        pytest.param("NULL", id="null in capitals"),
        pytest.param("", id="empty"),
        pytest.param("http://app.example.com:8001", id="another port"),
        pytest.param("http://app.example.com", id="the default port"),
        pytest.param("https://app.example.com:8000", id="another scheme"),
        pytest.param("ws://app.example.com:8000", id="a socket's scheme"),
        pytest.param("chrome-extension://app.example.com:8000", id="an extension"),
        pytest.param("http://sub.app.example.com:8000", id="a subdomain"),
        pytest.param("http://example.com:8000", id="the super-domain"),
        pytest.param("http://app.example.com.evil.example:8000", id="our name as a prefix"),
        pytest.param("http://evilapp.example.com:8000", id="our name as a suffix"),
        pytest.param("http://app.example.com.:8000", id="a trailing dot: browsers see another origin"),
        pytest.param("http://app.example.com:8000@evil.example", id="our address as userinfo"),
        pytest.param("http://evil.example@app.example.com:8000", id="userinfo before our address"),
        pytest.param("http://evil.example#@app.example.com:8000", id="fragment"),
        pytest.param("http://evil.example/app.example.com:8000", id="our address as a path"),
        pytest.param("http://app.example.com:8000/", id="a path: no browser sends one"),
        pytest.param("http://evil.example\\@app.example.com:8000", id="backslash"),
        pytest.param("http://app.example.com:8000 http://evil.example", id="a list (RFC 6454)"),
        pytest.param("http://app.example.com:8000,http://evil.example", id="a list with a comma"),
        pytest.param("http://app.example.com:08000000", id="a port of too many digits"),
        pytest.param("http://app.example.com:80x0", id="a port that is no number"),
        pytest.param("http://app.example.com:\uff18\uff10\uff10\uff10", id="a port in full-width digits"),
        pytest.param("http://\u0430pp.example.com:8000", id="a Cyrillic letter"),
        pytest.param("http://app\u3002example\u3002com:8000", id="ideographic full stops"),
        pytest.param("http://app.example.com%00.evil.example:8000", id="percent-encoded NUL"),
        pytest.param("//app.example.com:8000", id="no scheme"),
        pytest.param("app.example.com:8000", id="no scheme, no slashes"),
        pytest.param("http:app.example.com:8000", id="no slashes"),
        pytest.param("http://", id="no host"),
        pytest.param("http://*", id="an asterisk"),
    ],
)
def test_s2_a_hostile_origin_is_refused_with_a_reason(origin: str) -> None:
    answer = verdict(origin, "app.example.com:8000")

    assert not answer.allowed
    assert answer.reason


def test_a_unicode_origin_is_refused_since_browsers_send_ascii() -> None:
    assert not verdict("http://bücher.example", "xn--bcher-kva.example").allowed
    assert not verdict("http://bücher.example", "bücher.example").allowed


def test_two_origin_headers_are_refused_even_when_both_are_ours() -> None:
    ours = ("Origin", "http://app.example.com")

    assert not OriginRule().check(scope(("Host", "app.example.com"), ours, ours)).allowed


@pytest.mark.parametrize("hosts", [[], ["a.example", "b.example"], ["a b"], ["user@a.example"]])
def test_without_one_good_host_header_no_origin_is_our_own(hosts: list[str]) -> None:
    headers = [("Host", host) for host in hosts]

    assert not OriginRule().check(scope(*headers, ("Origin", "http://a.example"))).allowed


def test_a_program_without_origin_passes_unless_the_option_says_otherwise() -> None:
    handshake = scope(("Host", "app.example.com"))

    assert OriginRule().check(handshake).allowed
    strict = OriginRule(allow_missing=False).check(handshake)
    assert not strict.allowed
    assert "no Origin" in strict.reason


def test_an_unknown_scheme_of_the_scope_makes_no_origin_our_own() -> None:
    assert not verdict("http://a.example", "a.example", scheme="gopher").allowed


@pytest.mark.parametrize(
    ("allowed", "origin"),
    [
        ("https://portal.example.com", "https://portal.example.com"),
        ("HTTPS://Portal.Example.com:443", "https://portal.example.com"),
        ("https://portal.example.com:8443", "https://portal.example.com:8443"),
        ("https://*.example.com", "https://a.example.com"),
        ("https://*.example.com", "https://a.b.example.com"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://*.bücher.example", "https://www.xn--bcher-kva.example"),
        ("https://[2001:db8::1]", "https://[2001:db8:0::1]"),
        ("*", "https://anything.example"),
        ("*", "null"),
    ],
)
def test_an_allowed_origin_passes(allowed: str, origin: str) -> None:
    assert verdict(origin, "app.internal", rule=OriginRule(allowed=(allowed,))).allowed


@pytest.mark.parametrize(
    ("allowed", "origin"),
    [
        ("https://portal.example.com", "http://portal.example.com"),
        ("https://portal.example.com", "https://portal.example.com:8443"),
        ("https://portal.example.com", "https://portal.example.com.evil.example"),
        ("https://*.example.com", "https://example.com"),
        ("https://*.example.com", "https://evilexample.com"),
        ("https://*.example.com", "https://.example.com:444"),
        ("https://*.example.com", "http://a.example.com"),
        ("https://*.example.com", "https://a.example.com.evil.example"),
        ("https://*.example.com", "null"),
    ],
)
def test_the_allow_list_lets_nothing_else_in(allowed: str, origin: str) -> None:
    assert not verdict(origin, "app.internal", rule=OriginRule(allowed=(allowed,))).allowed


@pytest.mark.parametrize(
    "pattern",
    [
        "null",
        "",
        "example.com",
        "https://",
        "https://a.example/",
        "https://a.example/path",
        "ftp://a.example",
        "https://a.*.example",
        "https://*",
        "https://*.*.example",
        "https://user@a.example",
        "https://a.example:x",
    ],
)
def test_a_pattern_that_is_no_origin_is_refused_at_start(pattern: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        OriginRule(allowed=(pattern,))


def behind_proxy(origin: str, *more: tuple[str, str], scheme: str = "wss", trusted: bool = True) -> OriginVerdict:
    headers = scope(("Host", "10.0.0.7:8000"), ("Origin", origin), *more, scheme=scheme)
    return OriginRule().check(headers, trust_forwarded_host=trusted)


def test_behind_a_trusted_proxy_the_forwarded_host_is_the_pages_own() -> None:
    forwarded = ("X-Forwarded-Host", "app.example.com")

    assert behind_proxy("https://app.example.com", forwarded).allowed
    assert not behind_proxy("https://10.0.0.7:8000", forwarded).allowed
    assert not behind_proxy("https://evil.example", forwarded).allowed
    assert not behind_proxy("http://app.example.com", forwarded).allowed


def test_an_untrusted_peer_cannot_name_its_own_origin() -> None:
    assert not behind_proxy("https://evil.example", ("X-Forwarded-Host", "evil.example"), trusted=False).allowed


def test_the_first_name_of_a_chain_of_proxies_is_the_browsers() -> None:
    assert behind_proxy("https://app.example.com", ("X-Forwarded-Host", "app.example.com, inner.example")).allowed
    one, other = ("X-Forwarded-Host", "app.example.com"), ("X-Forwarded-Host", "inner.example")
    assert behind_proxy("https://app.example.com", one, other).allowed
    assert not behind_proxy("https://inner.example", one, other).allowed


def test_the_forwarded_port_completes_a_forwarded_host_without_one() -> None:
    host, port = ("X-Forwarded-Host", "app.example.com"), ("X-Forwarded-Port", "8443")

    assert behind_proxy("https://app.example.com:8443", host, port).allowed
    assert not behind_proxy("https://app.example.com", host, port).allowed
    assert behind_proxy("https://app.example.com:9", ("X-Forwarded-Host", "app.example.com:9"), port).allowed


@pytest.mark.parametrize("port", ["80", "443", "abc", "", "99999999", "-1"])
def test_a_forwarded_port_that_no_https_browser_used_is_ignored(port: str) -> None:
    host = ("X-Forwarded-Host", "app.example.com")

    assert behind_proxy("https://app.example.com", host, ("X-Forwarded-Port", port)).allowed


@pytest.mark.parametrize("forwarded", ["", "evil.example@app.example.com", "a b", "app.example.com/x"])
def test_a_broken_forwarded_host_lets_nobody_in(forwarded: str) -> None:
    assert not behind_proxy("https://app.example.com", ("X-Forwarded-Host", forwarded)).allowed


# No deadline: how long an example takes says nothing on a busy machine.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_makes_the_rule_stumble(origin: str, host: str) -> None:
    headers = [
        (b"origin", origin.encode("utf-8", "surrogatepass")),
        (b"host", host.encode("utf-8", "surrogatepass")),
    ]
    rule = OriginRule()

    assert rule.check({"headers": headers, "scheme": "ws"}, trust_forwarded_host=True).allowed in {True, False}
