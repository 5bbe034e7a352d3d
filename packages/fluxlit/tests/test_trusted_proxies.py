"""Whose word is taken about who asks, how and under which path."""

from __future__ import annotations

from typing import Any

import pytest

from fluxlit import FluxLit, FluxlitSettings
from fluxlit.proxies import TrustedProxies
from fluxlit.proxies.forwarded import Hop, parse_forwarded, parse_prefix
from fluxlit.wiring import trusted_proxies

PROXY = ("10.0.0.1", 40_000)


def scope(headers: dict[str, str], *, client: tuple[str, int] | None = PROXY, kind: str = "http") -> dict[str, Any]:
    pairs = [(name.encode(), value.encode()) for name, value in {"host": "inside:8000", **headers}.items()]
    return {"type": kind, "scheme": "ws" if kind == "websocket" else "http", "client": client, "headers": pairs}


def settled(headers: dict[str, str], *, allowed: str = "10.0.0.0/8", **options: Any) -> dict[str, Any]:
    learn_prefix = options.pop("learn_prefix", True)
    return dict(TrustedProxies(allowed, learn_prefix=learn_prefix).settle(scope(headers, **options)))


def test_address_scheme_and_prefix_come_from_a_trusted_proxy() -> None:
    said = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "x-forwarded-prefix": "/apps/sales/"}

    found = settled(said)

    assert (found["client"], found["scheme"], found["root_path"]) == (("203.0.113.9", 0), "https", "/apps/sales")
    assert settled(said, kind="websocket")["scheme"] == "wss"


@pytest.mark.parametrize("peer", [("192.0.2.1", 40_000), ("::1", 40_000), ("some-name", 1), None])
def test_the_word_of_any_other_peer_is_dropped(peer: tuple[str, int] | None) -> None:
    said = {"x-forwarded-for": "10.0.0.7", "x-forwarded-host": "evil", "x-forwarded-prefix": "/e", "forwarded": "for=x"}

    found = settled(said, client=peer)

    assert found == scope({}, client=peer)


@pytest.mark.parametrize(
    ("allowed", "peer"),
    [("*", ("192.0.2.1", 1)), ("unix", None), ("::ffff:0:0/96,10.0.0.1", ("::ffff:10.0.0.1", 1)), ("lb", ("lb", 1))],
)
def test_peers_are_named_by_network_name_or_socket(allowed: str, peer: tuple[str, int] | None) -> None:
    assert settled({"x-forwarded-for": "203.0.113.9"}, allowed=allowed, client=peer)["client"] == ("203.0.113.9", 0)


def test_an_address_that_the_client_claims_is_not_taken_for_its_own() -> None:
    chain = "198.51.100.1, 203.0.113.9:5123, 10.2.0.1"

    assert settled({"x-forwarded-for": chain})["client"] == ("203.0.113.9", 0)
    assert settled({"x-forwarded-for": "10.9.9.9"})["client"] == ("10.9.9.9", 0)


def test_what_the_server_has_settled_stays() -> None:
    """uvicorn's own middleware leaves port 0 behind."""
    said = {"x-forwarded-for": "198.51.100.7", "x-forwarded-prefix": "/shop"}

    found = settled(said, client=("203.0.113.9", 0))

    assert (found["client"], found["root_path"]) == (("203.0.113.9", 0), "/shop")


def test_rfc_7239_counts_where_no_older_header_is_there() -> None:
    header = 'for=198.51.100.1;proto=http, for="[2001:db8::17]:4711";proto=https;host="app.example.org", for=10.0.0.9'

    found = settled({"forwarded": header})

    assert (found["client"], found["scheme"]) == (("2001:db8::17", 0), "https")
    assert (b"x-forwarded-host", b"app.example.org") in found["headers"]
    both = settled({"forwarded": header, "x-forwarded-for": "203.0.113.9"})
    assert (both["client"], both["scheme"]) == (("203.0.113.9", 0), "http")


@pytest.mark.parametrize(
    ("text", "hops"),
    [
        ("for=192.0.2.43", [Hop("192.0.2.43")]),
        ("For=_secret; proto=HTTPS", [Hop("_secret", "https")]),
        (r'for="a\"b"', [Hop('a"b')]),
        ("for=1.1.1.1,for=2.2.2.2", [Hop("1.1.1.1"), Hop("2.2.2.2")]),
        ('for="unclosed', []),
        ("just text", []),
    ],
)
def test_the_header_is_read_as_the_rfc_has_it(text: str, hops: list[Hop]) -> None:
    assert parse_forwarded([text]) == hops


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("/a", "/a"),
        ("apps/my-app/", "/apps/my-app"),
        ("/apps, /sales", "/apps/sales"),
        ("/", ""),
        ("//evil.example", "/evil.example"),
        ("/a/../b", ""),
        ("/a?b", ""),
        ("/a b", ""),
        ("/a\r\nset-cookie: x", ""),
    ],
)
def test_a_prefix_is_a_path_or_nothing(value: str, prefix: str) -> None:
    assert parse_prefix([value]) == prefix


def test_a_configured_mount_is_not_learnt_over() -> None:
    assert "root_path" not in settled({"x-forwarded-prefix": "/other"}, learn_prefix=False)
    assert settled({"x-forwarded-prefix": "/other"}) | {"root_path": "/outer"} == {
        **settled({"x-forwarded-prefix": "/other"}),
        "root_path": "/outer",
    }


def test_s4_nobody_is_believed_unless_the_settings_say_whom() -> None:
    assert trusted_proxies(FluxlitSettings()) is None
    local = trusted_proxies(FluxlitSettings(trust_proxy=True))
    assert local is not None
    said = scope({"x-forwarded-for": "203.0.113.9"}, client=("192.0.2.1", 1))
    assert local.settle(said)["client"] == ("192.0.2.1", 1)
    assert FluxLit.settles_forwarding
