"""The security headers, as a function and as ASGI middleware."""

from collections.abc import MutableMapping
from typing import Any

import pytest
from pydantic import ValidationError

from fluxlit_gateway.content_security_policy import STREAMLIT_DIRECTIVES, as_policy
from fluxlit_gateway.security_headers import SecurityHeaders, SecurityHeadersMiddleware

Message = MutableMapping[str, Any]


async def through(
    options: SecurityHeaders | None, own: list[tuple[bytes, bytes]], **scope: Any
) -> tuple[list[Message], list[tuple[bytes, bytes]]]:
    """Messages that the client gets from an application with these headers of its own, and the headers among them."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": own})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await send({"type": "http.response.body", "body": b"two", "more_body": False})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    middleware = SecurityHeadersMiddleware(app, options=options)
    await middleware({"type": "http", "headers": [], **scope}, receive, send)
    return sent, sent[0]["headers"]


CONTRACT = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"SAMEORIGIN",
    b"referrer-policy": b"strict-origin-when-cross-origin",
}


async def test_the_default_headers_are_those_of_the_contract() -> None:
    _, headers = await through(None, [], scheme="http")
    _, secure = await through(None, [], scheme="https")

    assert dict(headers) == CONTRACT
    assert dict(secure) == CONTRACT | {b"strict-transport-security": b"max-age=63072000; includeSubDomains"}


async def test_s4_a_forwarded_proto_header_of_a_client_does_not_turn_hsts_on() -> None:
    spoofed = [(b"x-forwarded-proto", b"https")]

    _, headers = await through(None, [], scheme="http", headers=spoofed)

    assert b"strict-transport-security" not in dict(headers)


async def test_what_the_application_sets_itself_is_left_alone() -> None:
    own = [(b"X-Frame-Options", b"DENY"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]

    _, headers = await through(None, own)

    assert headers[:3] == own
    assert [value for name, value in headers if name.lower() == b"x-frame-options"] == [b"DENY"]


async def test_the_body_passes_part_by_part() -> None:
    sent, _ = await through(SecurityHeaders.for_streamlit(), [])

    assert [message["body"] for message in sent[1:]] == [b"one", b"two"]


async def test_a_websocket_passes_untouched() -> None:
    seen: list[Any] = []

    async def app(*connection: Any) -> None:
        seen.append(connection)

    async def unused(*_: Any) -> Any:
        raise AssertionError

    scope = {"type": "websocket"}
    await SecurityHeadersMiddleware(app)(scope, unused, unused)

    assert seen == [(scope, unused, unused)]


def test_streamlits_policy_comes_with_frame_ancestors() -> None:
    headers = dict(SecurityHeaders.for_streamlit().missing_from([], scheme="http"))

    policy = headers[b"content-security-policy"].decode()
    assert policy.startswith("default-src 'self'; script-src 'self' ")
    assert policy.endswith("; frame-ancestors 'self'")


@pytest.mark.parametrize(
    ("ancestors", "policy"),
    [
        ((), "frame-ancestors 'none'"),
        (("'self'", "https://portal.example.com"), "frame-ancestors 'self' https://portal.example.com"),
    ],
)
def test_frame_ancestors_work_without_a_policy(ancestors: tuple[str, ...], policy: str) -> None:
    headers = dict(SecurityHeaders(frame_ancestors=ancestors).missing_from([], scheme="http"))

    assert headers[b"content-security-policy"].decode() == policy


def test_none_switches_each_header_off() -> None:
    options = SecurityHeaders(
        content_type_options=None, frame_options=None, referrer_policy=None, strict_transport_security=None
    )

    assert options.missing_from([], scheme="https") == []


def test_one_more_source_can_be_let_in() -> None:
    directives = {**STREAMLIT_DIRECTIVES, "script-src": STREAMLIT_DIRECTIVES["script-src"] + " https://cdn.example.com"}
    options = SecurityHeaders.for_streamlit(content_security_policy=as_policy(directives))

    policy = dict(options.missing_from([], scheme="http"))[b"content-security-policy"]
    assert b"blob: https://cdn.example.com; style-src" in policy


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("referrer_policy", "no-referrer\r\nSet-Cookie: a=1"),
        ("content_security_policy", ""),
        ("content_security_policy", "default-src 'self'; frame-ancestors *"),
        ("strict_transport_security", "max-age=é"),
        ("frame_ancestors", ("'self'; script-src *",)),
        ("frame_ancestors", ("",)),
        ("frame_options", "ALLOWALL"),
    ],
)
def test_a_value_that_would_break_the_header_is_refused_at_start(field: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        SecurityHeaders.model_validate({field: value})
