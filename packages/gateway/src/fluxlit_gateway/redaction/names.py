"""The list: under which names a value is a secret.

A name is compared without regard to case, separators and encoding: ``access_token``, ``Access-Token``, ``accessToken``
and ``access%5Ftoken`` are one name. A word of the list counts wherever it stands in a name; the short ones, which also
mean harmless things, count as whole query keys only.
"""

import re
from functools import lru_cache
from urllib.parse import unquote

__all__ = ("SENSITIVE_QUERY_KEYS", "SENSITIVE_WORDS", "decoded", "is_sensitive", "is_sensitive_query_key")

SENSITIVE_WORDS = (
    "accesskey",
    "apikey",
    "assertion",
    "authcode",
    "authorization",
    "cookie",
    "credential",
    "csrf",
    "fluxlitsession",
    "fluxlitsid",
    "fluxlituser",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "signature",
    "token",
    "xsrf",
)
"""Words that make a name sensitive wherever they stand in it; letters only."""

SENSITIVE_QUERY_KEYS = frozenset({"auth", "code", "jwt", "key", "nonce", "otp", "pass", "pin", "pwd", "sid", "sig"})
"""Keys of a query string whose values are secrets, though the words mean other things elsewhere."""

# What a name of several words may end with when it only speaks about a secret: `token_endpoint`, `cookie_name`.
_ABOUT = frozenset(
    {
        "algorithm",
        "audience",
        "count",
        "domain",
        "endpoint",
        "expires",
        "header",
        "issuer",
        "lifetime",
        "name",
        "param",
        "path",
        "samesite",
        "seconds",
        "ttl",
        "type",
        "url",
    }
)
# Each round makes the text shorter, so this is no way to keep us busy.
_ENCODED_AT_MOST = 64
_WORDS_OF = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


def decoded(text: str) -> str:
    """Undo percent-encoding, however often it was done."""
    for _ in range(_ENCODED_AT_MOST):
        if "%" not in text:
            break
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return text


@lru_cache(maxsize=2048)
def is_sensitive(name: str) -> bool:
    """Whether the value of a header, a field or a setting with this name is a secret."""
    plain = decoded(name)
    letters = _letters(plain)
    if not any(word in letters for word in SENSITIVE_WORDS):
        return False
    last = _WORDS_OF.findall(plain)[-1:]
    return not (last and last[0].lower() in _ABOUT)


@lru_cache(maxsize=2048)
def is_sensitive_query_key(name: str) -> bool:
    """Whether the value of this query key is a secret."""
    return _letters(decoded(name)) in SENSITIVE_QUERY_KEYS or is_sensitive(name)


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
