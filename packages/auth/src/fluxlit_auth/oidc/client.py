"""`GenericOIDCClient`: any OpenID provider, by its issuer URL."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from fluxlit_auth.jwt.jwks import PublishedKeys
from fluxlit_auth.oidc.authlib_calls import authorization_url, redeem_code, refresh_tokens
from fluxlit_auth.oidc.discovery import ProviderMetadata, read_provider_metadata
from fluxlit_auth.oidc.errors import OIDCNotDiscoveredError
from fluxlit_auth.oidc.id_token import verify_id_token

__all__ = ("DEFAULT_SCOPE", "GenericOIDCClient", "GenericOIDCClientConfig")

DEFAULT_SCOPE = "openid profile email"
"""What a login asks for when nothing else is said."""


class GenericOIDCClientConfig(BaseModel):
    """Who we are to the provider."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(
        pattern=r"^https?://", description="The provider's issuer URL, with or without a slash at the end."
    )
    client_id: str = Field(min_length=1, description="Our client id.")
    client_secret: str = Field(repr=False, description="Our client secret; empty for a public client.")
    http_timeout: float = Field(default=30.0, gt=0, description="Time limit of each step of a request, in seconds.")


class GenericOIDCClient:
    """Logs users in at any provider that publishes its configuration (OpenID Connect Discovery).

    The configuration is read by `load_discovery_sync()`, or by the login routes when the first user logs in. Requests
    to the provider honour the proxies of the environment (`HTTPS_PROXY`, `NO_PROXY`).

    Args:
        config: Who we are to the provider.
    """

    def __init__(self, config: GenericOIDCClientConfig) -> None:
        self.config = config
        self._metadata: ProviderMetadata | None = None
        self._keys: PublishedKeys | None = None

    @property
    def issuer(self) -> str:
        """The issuer as the provider writes it; until that is known, as it was configured."""
        return self.config.issuer if self._metadata is None else self._metadata.issuer

    @property
    def client_id(self) -> str:
        """Our client id."""
        return self.config.client_id

    @property
    def discovered(self) -> bool:
        """Whether the provider's configuration was read."""
        return self._metadata is not None

    @property
    def metadata(self) -> ProviderMetadata:
        """The provider's configuration.

        Raises:
            OIDCNotDiscoveredError: It was not read yet.
        """
        if self._metadata is None:
            raise OIDCNotDiscoveredError(self.config.issuer)
        return self._metadata

    def load_discovery_sync(self) -> None:
        """Read the provider's configuration.

        Raises:
            OIDCDiscoveryError: What is there is no configuration, or another issuer's.
            httpx2.HTTPError: It could not be read.
        """
        self._metadata = read_provider_metadata(self.config.issuer, timeout_seconds=self.config.http_timeout)
        self._keys = PublishedKeys(self._metadata.jwks_uri)

    def authorization_url(self, *, redirect_uri: str, state: str, code_challenge: str, scope: str | None = None) -> str:
        """The URL that a browser is sent to for logging in."""
        parameters = {
            "redirect_uri": redirect_uri,
            "scope": scope or DEFAULT_SCOPE,
            "state": state,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
        }
        endpoint = self.metadata.authorization_endpoint
        return authorization_url(endpoint, client_id=self.config.client_id, parameters=parameters)

    def exchange_code(self, *, code: str, code_verifier: str, redirect_uri: str) -> dict[str, Any]:
        """The token endpoint's answer for an authorization code. Blocks; the login routes call it in a thread.

        Raises:
            OIDCTokenEndpointError: The provider refused the code.
            httpx2.HTTPError: The provider could not be reached, or failed.
            ValueError: Its answer is no JSON object.
        """
        form = {"code": code, "code_verifier": code_verifier, "redirect_uri": redirect_uri}
        return redeem_code(self.metadata.token_endpoint, client=self._credentials(), form=form)

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        """The token endpoint's answer for a refresh token. Blocks.

        Raises:
            OIDCTokenEndpointError: The provider refused it.
            httpx2.HTTPError: The provider could not be reached, or failed.
            ValueError: Its answer is no JSON object.
        """
        return refresh_tokens(self.metadata.token_endpoint, client=self._credentials(), refresh_token=refresh_token)

    @property
    def keys(self) -> PublishedKeys:
        """The provider's keys, kept from one token to the next."""
        if self._keys is None:
            self._keys = PublishedKeys(self.metadata.jwks_uri)
        return self._keys

    async def verify_id_token(
        self, id_token: str, *, nonce: str, audience: str, leeway_seconds: int, access_token: str | None
    ) -> dict[str, Any]:
        """The claims of an ID token of this provider for this login; see `IDTokenVerifier`."""
        metadata = self.metadata
        expected = {"nonce": nonce, "access_token": access_token}
        if not audience:
            expected["client_id"] = self.config.client_id
        return await verify_id_token(
            id_token,
            metadata,
            self.keys,
            audience=audience or self.config.client_id,
            expected=expected,
            leeway_seconds=leeway_seconds,
        )

    def accepts_response_issuer(self, issuer: str | None) -> bool:
        """Whether an authorization response with this `iss` is from this provider (RFC 9207 section 2.4)."""
        if issuer is None:
            return not self.metadata.authorization_response_iss_parameter_supported
        return issuer == self.metadata.issuer

    def _credentials(self) -> dict[str, Any]:
        return {
            "client_id": self.config.client_id,
            "client_secret": self.config.client_secret or None,
            "token_endpoint_auth_method": self._authentication_method(),
            "timeout": self.config.http_timeout,
        }

    def _authentication_method(self) -> str:
        if not self.config.client_secret:
            return "none"
        offered = self.metadata.token_endpoint_auth_methods_supported
        only_basic = "client_secret_basic" in offered and "client_secret_post" not in offered
        # Providers that leave the list out take the body in practice, whatever the specification's default says.
        listed = "token_endpoint_auth_methods_supported" in self.metadata.model_fields_set
        return "client_secret_basic" if listed and only_basic else "client_secret_post"
