"""Ties a login to the browser that began it, so that no one can be made to finish somebody else's login.

The browser keeps one secret in an HttpOnly cookie. From it and the login's `state` follow the PKCE verifier and the
nonce, as keyed hashes: a callback with that state is accepted only if the cookie gives the verifier that was stored
for it, and the ID token carries the nonce that it gives (OpenID Connect Core section 15.5.2). The one-time code that
Streamlit's page gets in its URL carries a tag by the same secret, so that the page can tell whose it is. Nothing but
the cookie knows the secret; a token store of anyone's making needs no more than to keep the verifier.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Final

__all__ = (
    "LOGIN_COOKIE_NAME",
    "auth_code_belongs_to",
    "browser_secret",
    "cookie_name",
    "new_auth_code",
    "new_browser_secret",
    "nonce_for",
    "same",
    "verifier_for",
)

LOGIN_COOKIE_NAME: Final = "fluxlit_login"
"""The cookie that ties a login to its browser; over HTTPS with `__Host-` in front."""

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
# 16 random bytes are 22 characters, and 21 characters of tag carry 126 bits: 43 together.
_RANDOM_BYTES, _RANDOM_LENGTH, _TAG_LENGTH = 16, 22, 21


def new_browser_secret() -> str:
    """A secret for one browser: 43 characters."""
    return secrets.token_urlsafe(32)


def cookie_name(name: str, *, secure: bool) -> str:
    """The cookie's name; over HTTPS with the prefix that lets no other host set it (RFC 6265bis section 4.1.3.2)."""
    return f"__Host-{name}" if secure else name


def browser_secret(cookies: Mapping[str, str], name: str, *, secure: bool | None = None) -> str | None:
    """The secret that a browser sent, if it is one.

    Args:
        cookies: What the browser sent.
        name: The cookie's name, without prefix.
        secure: Whether the browser talks HTTPS: then only the cookie that no other host can have set counts. `None` if
            that is not known: then either counts, and that of HTTPS wins.
    """
    names = [cookie_name(name, secure=True), name] if secure is None else [cookie_name(name, secure=secure)]
    for each in names:
        value = cookies.get(each, "")
        if _SECRET.fullmatch(value):
            return value
    return None


def verifier_for(secret: str, state: str) -> str:
    """The PKCE verifier of a login: 64 characters."""
    return _keyed_hash(secret, "verifier", state, algorithm="sha384")


def nonce_for(secret: str, state: str) -> str:
    """The nonce of a login: 43 characters."""
    return _keyed_hash(secret, "nonce", state)


def new_auth_code(secret: str) -> str:
    """A one-time code of 43 characters that belongs to the browser with this secret."""
    random = secrets.token_urlsafe(_RANDOM_BYTES)
    return random + _keyed_hash(secret, "code", random)[:_TAG_LENGTH]


def auth_code_belongs_to(secret: str, code: str) -> bool:
    """Whether a one-time code was made for the browser with this secret."""
    random, tag = code[:_RANDOM_LENGTH], code[_RANDOM_LENGTH:]
    return same(tag, _keyed_hash(secret, "code", random)[:_TAG_LENGTH])


def same(one: str, other: str) -> bool:
    """Whether two texts are equal, in a time that tells nothing about them."""
    return hmac.compare_digest(one.encode(), other.encode())


def _keyed_hash(secret: str, purpose: str, text: str, *, algorithm: str = "sha256") -> str:
    digest = hmac.digest(secret.encode(), f"{purpose}:{text}".encode("utf-8", "surrogatepass"), algorithm)
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
