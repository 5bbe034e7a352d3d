"""The user in a header of the private hop: from the gateway to the pages, and from a page's client to the internal API.

Nothing that a client of the public port sends arrives under these names, as the gateway drops every `X-FluxLit-*`; the
sockets of the private hop are in a folder that no other user of the machine can enter. So the text needs no signature,
and there is nothing in it that could be used anywhere else.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from pydantic import ValidationError

from fluxlit_auth.errors import AuthConfigurationError
from fluxlit_auth.identity.user import User

__all__ = (
    "TRUSTED_USER_HEADERS",
    "USER_HEADER",
    "decode_user",
    "encode_user",
    "private_hop_headers",
)

USER_HEADER: Final = "X-FluxLit-User"
"""JSON of the `User`, as base64url."""

TRUSTED_USER_HEADERS: Final = {
    "X-FluxLit-User-Id": "sub",
    "X-FluxLit-User-Name": "name",
    "X-FluxLit-User-Email": "email",
}
"""For Streamlit's option `server.trustedUserHeaders`: header by header, which key of `st.user` it fills."""

# uvicorn, which serves the pages, takes 64 KiB of headers in all; a browser's cookies need room beside it.
_LARGEST: Final = 16 * 1024


def encode_user(user: User) -> str:
    """The header's value.

    Raises:
        AuthConfigurationError: The claims that were kept are too many for a header.
    """
    encoded = urlsafe_b64encode(user.model_dump_json(exclude_defaults=True).encode()).decode()
    if len(encoded) > _LARGEST:
        raise AuthConfigurationError(
            f"user {user.id!r} takes {len(encoded)} bytes of a header that holds {_LARGEST}: keep fewer claims or roles"
        )
    return encoded


def decode_user(value: str | None) -> User | None:
    """The user that a header's value names; `None` if it names nobody."""
    if not value:
        return None
    try:
        return User.model_validate_json(urlsafe_b64decode(value.encode() + b"=" * (-len(value) % 4)))
    except (binascii.Error, ValidationError, ValueError):
        return None


def private_hop_headers(user: User) -> list[tuple[bytes, bytes]]:
    """What the gateway adds to a request that it passes on for this user; names in lower case, as ASGI has them."""
    parts = {"X-FluxLit-User-Id": user.id, "X-FluxLit-User-Name": user.name, "X-FluxLit-User-Email": user.email}
    plain = [(name.lower().encode(), _header_text(value)) for name, value in parts.items() if value]
    return [(USER_HEADER.lower().encode(), encode_user(user).encode()), *plain]


def _header_text(value: str) -> bytes:
    # Without control characters, which would end the header.
    return "".join(each for each in value if each.isprintable()).encode()
