"""A provider's configuration, as OpenID Connect Discovery 1.0 has it."""

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fluxlit_auth.http_library import httpx
from fluxlit_auth.oidc.authlib_calls import configuration_url
from fluxlit_auth.oidc.errors import OIDCDiscoveryError

__all__ = ("ProviderMetadata", "read_provider_metadata")

_URL = r"^https?://"


class ProviderMetadata(BaseModel):
    """The part of a provider's configuration that a login uses (Discovery section 3); the rest is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str = Field(pattern=_URL, description="The provider's issuer identifier, as its ID tokens have it.")
    authorization_endpoint: str = Field(pattern=_URL, description="Where browsers log in.")
    token_endpoint: str = Field(pattern=_URL, description="Where codes become tokens.")
    jwks_uri: str = Field(pattern=_URL, description="Where the keys are published.")
    end_session_endpoint: str = Field(
        default="", pattern=r"^$|^https?://", description="Where browsers log out (RP-Initiated Logout section 2.1)."
    )
    userinfo_endpoint: str = Field(
        default="", pattern=r"^$|^https?://", description="Where more is said of a user (Core section 5.3)."
    )
    id_token_signing_alg_values_supported: list[str] = Field(default=["RS256"], description="Signature algorithms.")
    token_endpoint_auth_methods_supported: list[str] = Field(
        default=["client_secret_basic"], description="How a client may show who it is."
    )
    authorization_response_iss_parameter_supported: bool = Field(default=False, description="RFC 9207 section 3.")


def read_provider_metadata(issuer: str, *, timeout_seconds: float) -> ProviderMetadata:
    """Read the configuration of an issuer.

    The issuer in the document must be the one that was asked for (Discovery section 4.3); a slash at the end of one of
    them makes no difference here, as people leave it out of what they configure.

    Raises:
        OIDCDiscoveryError: The document is no configuration, or another issuer's.
        httpx2.HTTPError: It could not be read.
    """
    url = configuration_url(issuer)
    response = httpx.get(url, timeout=timeout_seconds, follow_redirects=True)
    response.raise_for_status()
    try:
        metadata = ProviderMetadata.model_validate_json(response.content)
    except ValidationError as error:
        raise OIDCDiscoveryError(f"{url!r} is no OpenID provider's configuration: {error}") from error
    if metadata.issuer.rstrip("/") != issuer.rstrip("/"):
        raise OIDCDiscoveryError(f"{url!r} is the configuration of {metadata.issuer!r}, not of {issuer!r}")
    return metadata
