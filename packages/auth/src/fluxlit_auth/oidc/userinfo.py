"""Reads what a provider says of a user at its userinfo endpoint (OpenID Connect Core section 5.3)."""

import asyncio
import json
from http import HTTPStatus
from typing import Any, Final, cast

from fluxlit_auth.http_library import httpx
from fluxlit_auth.oidc.errors import UserinfoError, UserinfoRefusedError

__all__ = ("read_userinfo",)

# A user of hundreds of groups stays below this.
_DOCUMENT_BYTES: Final = 1024 * 1024


async def read_userinfo(endpoint: str, *, access_token: str, subject: str, timeout_seconds: float) -> dict[str, Any]:
    """The claims about the user of an access token.

    Args:
        endpoint: The endpoint's URL; redirects are not followed, as the token would go along.
        access_token: As it came with the ID token.
        subject: `sub` of that ID token. An answer about somebody else must not be used (section 5.3.2): with another
            user's access token an attacker would have that user's claims.
        timeout_seconds: Time limit of the whole request.

    Raises:
        UserinfoRefusedError: The provider does not accept the token there.
        UserinfoError: There is no answer, or it is not a JSON object about `subject`.
    """
    try:
        # httpx's own limits are per read: a server that drips bytes would hold us for ever.
        async with asyncio.timeout(timeout_seconds):
            status, body = await _answer(endpoint, access_token, timeout_seconds)
        if status in {400, 401, 403, 404, 405}:
            raise UserinfoRefusedError(f"{endpoint!r} answered {status}")
        if status != HTTPStatus.OK:
            raise UserinfoError(f"{endpoint!r} answered {status}")
        claims: object = json.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL, RecursionError, TimeoutError, ValueError) as error:
        raise UserinfoError(f"{endpoint!r} gave no claims: {error!r}") from error
    if not isinstance(claims, dict):
        raise UserinfoError(f"{endpoint!r} gave no JSON object")
    said = cast("dict[str, Any]", claims)
    if said.get("sub") != subject:
        raise UserinfoError(f"{endpoint!r} spoke about somebody else")
    return said


async def _answer(endpoint: str, access_token: str, timeout_seconds: float) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
    body = bytearray()
    async with (
        httpx.AsyncClient(timeout=timeout_seconds) as client,
        client.stream("GET", endpoint, headers=headers) as response,
    ):
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _DOCUMENT_BYTES:
                raise ValueError(f"the document is larger than {_DOCUMENT_BYTES} bytes")
    return response.status_code, bytes(body)
