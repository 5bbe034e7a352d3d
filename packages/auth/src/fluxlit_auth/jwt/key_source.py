"""Where the keys come from that a signature is checked with.

`KeySource` is the seam: shared secrets are here, keys that an issuer publishes in `jwks`. A source gives the keys that
fit a header and nothing else, which is what rules out algorithm confusion (RFC 8725 section 3.1): a secret is only ever
tried on an HMAC token, a published key only on a token of its own family.
"""

import warnings
from collections.abc import Sequence
from typing import Final, Protocol

from joserfc.errors import SecurityWarning
from joserfc.jwk import Key, OctKey

from fluxlit_auth.errors import AuthConfigurationError
from fluxlit_auth.jwt.config import HMAC_ALGORITHMS
from fluxlit_auth.jwt.token_format import TokenHeader

__all__ = ("KeySource", "SharedSecrets", "import_secret")

# RFC 7518 section 3.2: a key of the same size as the hash output or larger.
_SECRET_BYTES: Final = 32


class KeySource(Protocol):
    """Gives the keys that a token could have been signed with."""

    async def candidates(self, header: TokenHeader) -> Sequence[Key]:
        """Keys that fit `header`, none if there are none.

        Raises:
            KeysUnavailableError: The keys cannot be had now.
        """
        ...

    async def candidates_after_miss(self, header: TokenHeader, tried: Sequence[Key]) -> Sequence[Key]:
        """Asked when none of the candidates verified the token: keys that were not `tried` yet.

        Raises:
            KeysUnavailableError: There may be new keys, but they cannot be had now.
        """
        ...


class SharedSecrets:
    """Secrets that we share with whoever signs; several while one is being rotated out.

    Args:
        secrets: All of them verify.

    Raises:
        AuthConfigurationError: No secret, or one that is a public key.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets:
            raise AuthConfigurationError("hs256_secret is empty: give a secret of at least 32 random bytes")
        self._keys = [import_secret(secret) for secret in secrets]

    async def candidates(self, header: TokenHeader) -> Sequence[Key]:
        """Every secret for a token signed with HMAC, none for others."""
        return self._keys if header.alg in HMAC_ALGORITHMS else ()

    async def candidates_after_miss(self, header: TokenHeader, tried: Sequence[Key]) -> Sequence[Key]:
        """Nothing: secrets do not change while the process runs."""
        del header, tried
        return ()


def import_secret(secret: str) -> OctKey:
    """A secret as a key.

    Warns with joserfc's `SecurityWarning` below 32 bytes (RFC 7518 section 3.2).

    Raises:
        AuthConfigurationError: It is empty, or a public key in PEM form.
    """
    raw = secret.encode()
    if len(raw) < _SECRET_BYTES:
        message = f"an HS256 secret of {len(raw)} bytes can be guessed; use at least {_SECRET_BYTES} random bytes"
        warnings.warn(message, SecurityWarning, stacklevel=3)
    try:
        with warnings.catch_warnings(action="ignore", category=SecurityWarning):  # said above, in our words
            return OctKey.import_key(raw)
    except ValueError as error:
        raise AuthConfigurationError(f"hs256_secret cannot be used: {error}") from error
