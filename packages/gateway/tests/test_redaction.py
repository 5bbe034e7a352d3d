"""No secret in any output, whatever the case, the encoding and the nesting of its name."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluxlit_gateway.redaction import (
    REDACTED,
    SENSITIVE_QUERY_KEYS,
    SENSITIVE_WORDS,
    is_sensitive,
    redact,
    redact_query,
    redact_text,
)

# No word of a message: whatever shows it has shown a secret.
SECRETS = st.from_regex(r"zq[0-9]{6}[A-Za-z0-9]{6}qz", fullmatch=True)
WORDS = {
    "accesskey": "access_key",
    "apikey": "api_key",
    "authcode": "auth_code",
    "fluxlitsession": "x_fluxlit_session",
    "fluxlitsid": "fluxlit_sid",
    "fluxlituser": "x_fluxlit_user",
    "privatekey": "private_key",
}
PREFIXES = st.sampled_from(["", "my_", "x-", "FLUXLIT_", "db.", "oidc_bff_"])


@st.composite
def sensitive_names(draw: Any) -> str:
    word = draw(st.sampled_from(SENSITIVE_WORDS))
    name = draw(PREFIXES) + WORDS.get(word, word)
    name = name.replace("_", draw(st.sampled_from(["_", "-", "", "."])))
    return "".join(draw(st.sampled_from([letter.upper(), letter.lower()])) for letter in name)


@st.composite
def encoded_names(draw: Any) -> str:
    """A name with some of its letters percent-encoded, perhaps more than once."""
    name = "".join(
        f"%{ord(letter):02x}" if draw(st.booleans()) and letter.isascii() else letter
        for letter in draw(sensitive_names())
    )
    for _ in range(draw(st.integers(0, 2))):
        name = quote(name, safe="")
    return name


@st.composite
def structures(draw: Any, secret: str) -> object:
    """Something that holds the secret under a sensitive name, wrapped any number of times."""
    name = draw(sensitive_names())
    value: Any = draw(
        st.sampled_from(
            [
                {name: secret},
                {name: secret.encode()},
                {name: [secret, {"deep": secret}]},
                [(name, secret)],
                ((name.encode(), secret.encode()),),
                f"{name}={secret}",
                f'{{"{name}": "{secret}"}}',
                f"https://user:{secret}@host/x",
                f"Authorization: Bearer {secret}",
                f"/back?{name}={secret}&a=1",
            ]
        )
    )
    for layer in draw(st.lists(st.sampled_from(["dict", "list", "tuple", "json", "bytes", "text"]), max_size=5)):
        value = wrapped(value, layer)
    return value


def wrapped(value: Any, layer: str) -> object:
    match layer:
        case "dict":
            return {"outer": value, "n": 1}
        case "list":
            return [value, None]
        case "tuple":
            return (1, value, True)
        case "json":
            return json.dumps(value, default=lambda item: item.decode())
        case "bytes":
            return value.encode() if isinstance(value, str) else value
        case _:
            return f"got {value!r} from there" if not isinstance(value, str) else f"got {value} from there"


@given(st.data(), SECRETS)
def test_no_secret_comes_out_of_any_structure(data: st.DataObject, secret: str) -> None:
    value = data.draw(structures(secret))
    assert secret not in json.dumps(redact(value)), value


@given(encoded_names(), SECRETS, st.integers(0, 3))
def test_no_secret_comes_out_of_a_query_however_often_it_is_encoded(name: str, secret: str, times: int) -> None:
    inner = f"/callback?{name}={secret}&a=1"
    for _ in range(times):
        inner = quote(inner, safe="")
    for query in (f"{name}={secret}", f"a=1&next={quote(inner, safe='')}", f"a=1&{name}={secret}#x"):
        assert secret not in redact_query(query.encode()), query
        assert secret not in str(redact(f"GET /page?{query} failed")), query


@given(st.sampled_from(sorted(SENSITIVE_QUERY_KEYS)), SECRETS)
def test_short_keys_count_in_queries(name: str, secret: str) -> None:
    assert secret not in redact_query(f"{name.upper()}={secret}".encode())
    assert secret not in redact_text(f"https://host/callback?state=1&{name}={secret}")


@given(sensitive_names(), SECRETS)
def test_no_secret_comes_out_of_a_traceback_or_a_repr(name: str, secret: str) -> None:
    class Settings:
        def __repr__(self) -> str:
            return f"Settings({name.replace('-', '_')}={secret!r}, port=1)"

    assert secret not in str(redact({"locals": Settings()}))
    assert secret not in redact_text(f'File "x.py", line 3\n    connect({name.replace("-", "_")}="{secret}")\n')


@given(st.text(max_size=200))
def test_text_of_any_kind_is_taken(text: str) -> None:
    assert isinstance(redact_text(text), str)
    assert isinstance(redact({text: [text.encode()]}), dict)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the page /reports took 12 ms", "the page /reports took 12 ms"),
        ("basic usage of the token endpoint", "basic usage of the token endpoint"),
        ("redis://app:hunter2@cache:6379/0", f"redis://app:{REDACTED}@cache:6379/0"),
        ("Cookie: a=b; c=d", f"Cookie: {REDACTED}"),
        ('Cookie: a=b; c="d"; e=f', f"Cookie: {REDACTED}"),
        ("{'COOKIE': b'a=b', 'n': 1}", f"{{'COOKIE': {REDACTED}, 'n': 1}}"),
        ("{'set-cookie': ['a=b', b'c'], 'n': 1}", f"{{'set-cookie': {REDACTED}, 'n': 1}}"),
        ("password=hunter2, port=1", f"password={REDACTED}, port=1"),
        ("exit code: 5", "exit code: 5"),
    ],
)
def test_what_is_no_secret_stays_readable(text: str, expected: str) -> None:
    assert redact_text(text) == expected


@pytest.mark.parametrize("name", ["token_endpoint", "session_cookie_name", "gateway_port", "jwt_issuer", "title"])
def test_a_name_that_only_speaks_about_a_secret_is_none(name: str) -> None:
    assert not is_sensitive(name)


def test_numbers_stay_and_a_structure_that_contains_itself_ends() -> None:
    loop: list[object] = [1]
    loop.append(loop)
    assert redact({"max_tokens": 5, "token": ""}) == {"max_tokens": 5, "token": ""}
    assert str(redact(loop)).startswith("[1, [1,")
