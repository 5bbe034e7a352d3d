"""What is said of a user at a login: the ID token first, and for what is missing there the userinfo endpoint.

Many providers put little into ID tokens and keep the rest for that endpoint (OpenID Connect Core section 5.4): names,
addresses, often the roles.
"""

import logging
from collections.abc import Mapping
from typing import Any

from fluxlit_auth.guard.oidc.options import OIDCOptions
from fluxlit_auth.oidc.client import GenericOIDCClient
from fluxlit_auth.oidc.errors import LoginRefusedError, UserinfoError, UserinfoRefusedError
from fluxlit_auth.oidc.userinfo import read_userinfo

__all__ = ("described_user",)

_log = logging.getLogger("fluxlit.auth")


async def described_user(
    method: OIDCOptions, oidc: GenericOIDCClient, claims: Mapping[str, Any], *, tokens: Mapping[str, Any]
) -> dict[str, Any]:
    """The verified claims of an ID token, with those that the mapping asks for and only the userinfo endpoint has.

    With `userinfo=None` a provider that does not accept the token there is taken to have nothing to add.

    Args:
        method: The options.
        oidc: The provider, whose configuration was read.
        claims: Of the ID token; what they say is never replaced.
        tokens: The token endpoint's answer, with the access token.

    Raises:
        LoginRefusedError: 502; the endpoint gave no answer, or one about somebody else; or there is no endpoint, and
            `userinfo=True` demands one.
    """
    described = dict(claims)
    missing = method.mapping.missing(claims)
    if method.userinfo is False or not (missing or method.userinfo):
        return described
    endpoint, token = oidc.metadata.userinfo_endpoint, tokens.get("access_token")
    if not endpoint or not isinstance(token, str) or not token:
        if method.userinfo:
            raise LoginRefusedError(502, "IdP has no userinfo", reason="no userinfo_endpoint, or no access_token")
        return described
    try:
        said = await read_userinfo(
            endpoint, access_token=token, subject=str(claims["sub"]), timeout_seconds=method.http_timeout
        )
    except UserinfoError as error:
        _log.warning("userinfo cannot be used: %s", error)
        if isinstance(error, UserinfoRefusedError) and not method.userinfo:
            return described
        raise LoginRefusedError(502, "IdP userinfo request failed", reason=str(error)) from error
    for path in missing:
        name = path if path in said else path.partition(".")[0]
        if name in said:
            described[name] = said[name]
    return described
