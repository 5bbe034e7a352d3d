"""`pkce_pair`: proof that whoever redeems an authorization code is who asked for it (RFC 7636)."""

import secrets

from fluxlit_auth.oidc.authlib_calls import code_challenge

__all__ = ("pkce_pair",)


def pkce_pair() -> tuple[str, str]:
    """A fresh verifier of 64 characters and its S256 challenge of 43."""
    verifier = secrets.token_urlsafe(48)
    return verifier, code_challenge(verifier)
