"""`OIDCBFFConfig`: the login routes' options."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SkipValidation

from fluxlit_auth.oidc.browser_binding import LOGIN_COOKIE_NAME
from fluxlit_auth.oidc.client import DEFAULT_SCOPE
from fluxlit_auth.oidc.provider import OIDCProvider
from fluxlit_auth.oidc.token_stores import OIDCBFFTokenStore

__all__ = ("OIDCBFFConfig",)


def _absolute_path(path: str) -> str:
    return "/" + path.strip("/")


_Path = Annotated[str, AfterValidator(_absolute_path)]


class OIDCBFFConfig(BaseModel):
    """A login for pages: the API talks to the identity provider, pages get a token of our own."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    oidc: SkipValidation[OIDCProvider] = Field(description="The identity provider.")
    first_party_secret: str | list[str] = Field(
        min_length=1, repr=False, description="Signs our tokens (HS256); of a list, the first one."
    )
    token_issuer: str = Field(default="fluxlit-bff", description="`iss` of our tokens.")
    token_audience: str = Field(default="fluxlit-app", description="`aud` of our tokens.")
    access_token_ttl_seconds: int = Field(default=3600, gt=0, description="How long our tokens are valid, in seconds.")
    copy_claims: tuple[str, ...] = Field(
        default=(), description="Claims of the ID token that our token carries as well, such as `email` or `roles`."
    )
    public_base_url: str = Field(
        default="",
        pattern=r"^$|^https?://[^/?#]+(/[^?#]*)?$",
        description="The app's URL as browsers see it, with the public mount if there is one; empty: as requested.",
    )
    api_prefix: str | None = Field(
        default=None, description="Where the API is below the mount; `None`: as the app's FluxLit settings say."
    )
    login_path: _Path = Field(default="/auth/login", description="GET: sends the browser to the provider.")
    callback_path: _Path = Field(default="/auth/callback", description="GET: where the provider sends it back.")
    exchange_path: _Path = Field(default="/auth/exchange", description="POST: gives the token for a one-time code.")
    scope: str = Field(default=DEFAULT_SCOPE, description="What the login asks the provider for.")
    streamlit_redirect_path: str = Field(default="/", description="The page, or URL, that the browser ends up at.")
    state_ttl_seconds: int = Field(default=600, gt=0, description="How long a login may take, in seconds.")
    otc_ttl_seconds: int = Field(default=120, gt=0, description="How long a one-time code is good, in seconds.")
    id_token_audience: str = Field(default="", description="`aud` of ID tokens; empty: the client id.")
    id_token_leeway_seconds: int = Field(default=0, ge=0, description="Tolerated difference of clocks, in seconds.")
    allow_unverified_id_token_for_custom_oidc: bool = Field(
        default=False,
        description="Believe ID tokens of a provider object that cannot verify them (no `verify_id_token`).",
    )
    bff_token_store: SkipValidation[OIDCBFFTokenStore | None] = Field(
        default=None, description="Where logins are kept between their steps; `None`: in this process."
    )
    login_cookie_name: str = Field(
        default=LOGIN_COOKIE_NAME,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="The cookie that ties a login to its browser.",
    )
