"""What we use of authlib, which has no types: each call once, with types of ours around it."""

# authlib ships no annotations; what it takes and gives is written down in the signatures below.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from collections.abc import Mapping
from typing import Any, cast

from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url

from fluxlit_auth.oidc.errors import OIDCTokenEndpointError

__all__ = (
    "authorization_url",
    "check_id_token_claims",
    "code_challenge",
    "configuration_url",
    "redeem_code",
    "refresh_tokens",
)


def code_challenge(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636 section 4.2)."""
    return create_s256_code_challenge(verifier)


def configuration_url(issuer: str) -> str:
    """Where an issuer publishes its configuration (OpenID Connect Discovery section 4)."""
    return get_well_known_url(issuer, external=True)


def authorization_url(endpoint: str, *, client_id: str, parameters: Mapping[str, str]) -> str:
    """The URL that a browser is sent to for logging in (OpenID Connect Core section 3.1.2.1)."""
    return cast("str", prepare_grant_uri(endpoint, client_id, "code", **parameters))


def redeem_code(endpoint: str, *, client: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, Any]:
    """What the token endpoint gives for an authorization code (RFC 6749 section 4.1.3).

    Args:
        endpoint: The token endpoint's URL.
        client: Options of authlib's client: id, secret, how they are sent, and the time limit.
        form: `code`, `code_verifier` and `redirect_uri`.

    Raises:
        OIDCTokenEndpointError: It answered with an OAuth error.
        httpx2.HTTPError: It could not be reached, or failed.
        ValueError: Its answer is no JSON object.
    """
    opened: Any = OAuth2Client(**client)
    with opened as session:
        try:
            tokens = session.fetch_token(endpoint, grant_type="authorization_code", **form)
        except OAuthError as error:
            raise OIDCTokenEndpointError(str(error.error), str(error.description)) from error
    return dict(cast("Mapping[str, Any]", tokens))


def refresh_tokens(endpoint: str, *, client: Mapping[str, Any], refresh_token: str) -> dict[str, Any]:
    """What the token endpoint gives for a refresh token (RFC 6749 section 6).

    Args:
        endpoint: The token endpoint's URL.
        client: As for `redeem_code`.
        refresh_token: The token; providers that rotate it accept it once.

    Raises:
        OIDCTokenEndpointError: It answered with an OAuth error.
        httpx2.HTTPError: It could not be reached, or failed.
        ValueError: Its answer is no JSON object.
    """
    opened: Any = OAuth2Client(**client)
    with opened as session:
        try:
            tokens = session.refresh_token(endpoint, refresh_token=refresh_token)
        except OAuthError as error:
            raise OIDCTokenEndpointError(str(error.error), str(error.description)) from error
    return dict(cast("Mapping[str, Any]", tokens))


def check_id_token_claims(
    claims: Mapping[str, Any],
    header: Mapping[str, str],
    *,
    options: dict[str, Any],
    parameters: Mapping[str, Any],
    leeway: int,
) -> None:
    """The rules of OpenID Connect Core section 3.1.3.7 on claims whose signature was verified.

    Raises:
        joserfc.errors.JoseError: One of them is broken.
    """
    token = CodeIDToken(dict(claims), dict(header), options=options, params=dict(parameters))
    # `iat` is left out: the specification demands it, providers forget it, and nothing depends on it.
    token.ESSENTIAL_CLAIMS = ["iss", "sub", "aud", "exp"]
    token.validate(leeway=leeway)
