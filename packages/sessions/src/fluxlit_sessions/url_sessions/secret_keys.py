"""Recognises secrets in session state, so that they are not written to a store.

By name: `access_token`, `userPassword`, `api-key`, `fluxlit_access_token`; by value: a JSON Web Token or a bearer
header. Numbers, booleans and `None` are no secrets whatever they are called (`max_tokens=500`, `show_password=True`).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluxlit_sessions.values.plain_json import JsonValue

__all__ = ("find_secret",)

# Anywhere in a name.
_SECRET_WORDS = frozenset(
    {"password", "passwd", "pwd", "passphrase", "secret", "secrets", "credential", "credentials", "jwt", "bearer",
     "authorization", "apikey", "otp"}
)  # fmt: skip
# Two words in a row.
_SECRET_PAIRS = frozenset(
    {("api", "key"), ("private", "key"), ("access", "key"), ("signing", "key"), ("encryption", "key"), ("auth", "code"),
     ("access", "tokens"), ("refresh", "tokens"), ("auth", "tokens"), ("oauth", "tokens"), ("id", "tokens")}
)  # fmt: skip
# At the end of a name alone: `page_token_count` is a number of tokens, `page_token` may open something.
_SECRET_ENDINGS = frozenset({"token", "cookie", "cookies"})

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_JSON_WEB_TOKEN = re.compile(r"eyJ[\w-]{8,}\.[\w-]{2,}\.[\w-]*(?:\.[\w-]*){0,2}")
_BEARER = re.compile(r"bearer\s+\S", re.IGNORECASE)


def find_secret(name: str, value: JsonValue) -> str | None:
    """The path of a secret in a JSON value, for example `settings.api_key`, or `None`."""
    if isinstance(value, (dict, list)):
        return name if value and _is_secret_name(name) else _find_inside(name, value)
    if isinstance(value, str) and value and (_is_secret_name(name) or _is_secret_text(value.strip())):
        return name
    return None


def _find_inside(name: str, value: dict[str, JsonValue] | list[JsonValue]) -> str | None:
    if isinstance(value, dict):
        inner = [(f"{name}.{key}", item) for key, item in value.items()]
    else:
        inner = [(f"{name}[{index}]", item) for index, item in enumerate(value)]
    return next((found for path, item in inner if (found := find_secret(path, item)) is not None), None)


def _is_secret_text(text: str) -> bool:
    return bool(_JSON_WEB_TOKEN.fullmatch(text) or _BEARER.match(text))


def _is_secret_name(path: str) -> bool:
    # The last part alone: what is inside `tokens.count` has been judged on its way down.
    name = re.sub(r"\[\d+\]$", "", path.rpartition(".")[2])
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words:
        return False
    if words[-1] in _SECRET_ENDINGS or not _SECRET_WORDS.isdisjoint(words):
        return True
    return any(pair in _SECRET_PAIRS for pair in pairwise(words))
