"""Which `Host` values are answered."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from fluxlit_gateway.hosts import Authority, HostRule, parse_authority


@pytest.mark.parametrize("rule", [HostRule(), HostRule(allowed=("*",)), HostRule(allowed=("a.example", "*"))])
def test_by_default_every_host_is_answered(rule: HostRule) -> None:
    assert rule.allows("anything.example")
    assert rule.allows(None)
    assert rule.allows_scope({"headers": []})


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("app.example.com", "app.example.com"),
        ("app.example.com", "APP.Example.COM"),
        ("App.Example.com", "app.example.com"),
        ("app.example.com", "app.example.com:8000"),
        ("app.example.com:8000", "app.example.com:8000"),
        ("app.example.com", "app.example.com."),
        ("*.example.com", "a.example.com"),
        ("*.example.com", "a.b.example.com:1"),
        ("*.example.com:8443", "a.example.com:8443"),
        ("[::1]", "[::1]:8501"),
        ("[::1]", "[0:0::1]"),
        ("127.0.0.1", "127.0.0.1:9"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("localhost", "localhost:8000"),
    ],
)
def test_a_listed_host_is_answered(pattern: str, host: str) -> None:
    assert HostRule(allowed=(pattern,)).allows(host)


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("app.example.com", "attacker.example"),
        ("app.example.com", "app.example.com.attacker.example"),
        ("app.example.com", "xapp.example.com"),
        ("app.example.com", "sub.app.example.com"),
        ("app.example.com", "attacker.example@app.example.com"),
        ("app.example.com", "app.example.com/attacker.example"),
        ("app.example.com", "app.example.com:80:90"),
        ("app.example.com", "app.example.com:99999"),
        ("app.example.com", "app.example.com, attacker.example"),
        ("app.example.com", ""),
        ("app.example.com:8000", "app.example.com"),
        ("app.example.com:8000", "app.example.com:8001"),
        ("*.example.com", "example.com"),
        ("*.example.com", ".example.com"),
        ("*.example.com", "evilexample.com"),
        ("*.example.com:8443", "a.example.com"),
        ("127.0.0.1", "127.0.0.1.attacker.example"),
        ("127.0.0.1", "localhost"),
        ("[::1]", "::1"),
        ("[::1]", "[::2]"),
        ("[::1]", "[::1]x"),
        ("[::1]", "[::1"),
        ("[::1]", "[zz]"),
        ("[::1]", "[:::1]"),
    ],
)
def test_any_other_host_is_refused(pattern: str, host: str) -> None:
    assert not HostRule(allowed=(pattern,)).allows(host)


def test_a_request_without_host_or_with_two_is_refused_once_hosts_are_listed() -> None:
    rule = HostRule(allowed=("a.example", "b.example"))

    assert rule.allows_scope({"headers": [(b"host", b"a.example")]})
    assert not rule.allows(None)
    assert not rule.allows_scope({"headers": []})
    assert not rule.allows_scope({"headers": [(b"host", b"a.example"), (b"host", b"b.example")]})
    assert not rule.allows_scope({"headers": [(b"host", b"a.example\xff")]})


@pytest.mark.parametrize(
    "pattern",
    ["", "http://a.example", "a.example/", "a.*.example", "*a.example", "*.", "*.[::1]", "a:b:c", "[::1", "a b"],
)
def test_a_pattern_that_is_no_host_is_refused_at_start(pattern: str) -> None:
    with pytest.raises(ValidationError, match="is no host"):
        HostRule(allowed=(pattern,))


def test_an_unresolvable_unicode_name_is_no_host() -> None:
    assert parse_authority("\u200b.example") is None
    assert parse_authority("xn--bcher-kva.example:80") == Authority("xn--bcher-kva.example", 80)


# No deadline: how long an example takes says nothing on a busy machine.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_what_parses_parses_again_to_the_same(text: str) -> None:
    authority = parse_authority(text)

    if authority is not None:
        spelled = authority.host if authority.port is None else f"{authority.host}:{authority.port}"
        assert parse_authority(spelled) == authority
