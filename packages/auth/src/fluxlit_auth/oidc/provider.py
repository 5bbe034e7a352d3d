"""`OIDCProvider`: what a login needs of an identity provider."""

from collections.abc import Awaitable
from typing import Any, Protocol, runtime_checkable

__all__ = ("DiscoveringProvider", "IDTokenVerifier", "OIDCProvider")


class OIDCProvider(Protocol):
    """Any object with these will do; `exchange_code` may be a coroutine function."""

    @property
    def issuer(self) -> str:
        """The provider's issuer identifier."""
        ...

    def authorization_url(self, *, redirect_uri: str, state: str, code_challenge: str, scope: str | None = None) -> str:
        """The URL that a browser is sent to. The login adds its `nonce` to it."""
        ...

    def exchange_code(
        self, *, code: str, code_verifier: str, redirect_uri: str
    ) -> dict[str, Any] | Awaitable[dict[str, Any]]:
        """The token endpoint's answer for an authorization code."""
        ...


@runtime_checkable
class IDTokenVerifier(Protocol):
    """A provider that can verify its own ID tokens, as `GenericOIDCClient` can."""

    async def verify_id_token(
        self, id_token: str, *, nonce: str, audience: str, leeway_seconds: int, access_token: str | None
    ) -> dict[str, Any]:
        """The claims of an ID token of this provider for this login.

        Args:
            id_token: The token.
            nonce: What the login sent along.
            audience: What `aud` must be; empty for the client id.
            leeway_seconds: Tolerated difference between the clocks, in seconds.
            access_token: The access token that came with it, for `at_hash`.

        Raises:
            IDTokenInvalidError: It does not prove this login.
            KeysUnavailableError: The provider's keys cannot be had now.
        """
        ...


@runtime_checkable
class DiscoveringProvider(Protocol):
    """A provider that reads its configuration from its issuer, as `GenericOIDCClient` does."""

    @property
    def discovered(self) -> bool:
        """Whether the configuration was read."""
        ...

    def load_discovery_sync(self) -> None:
        """Read it now."""
        ...

    def accepts_response_issuer(self, issuer: str | None) -> bool:
        """Whether an authorization response with this `iss` parameter is the provider's (RFC 9207 section 2.4)."""
        ...
