"""`OIDCOptions`: what can be said about a login at an OpenID provider."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from fluxlit_auth.identity.claims_mapping import ClaimsMapping

__all__ = ("OIDCOptions",)


def _below_prefix(path: str) -> str:
    return "/" + path.strip("/")


_Path = Annotated[str, AfterValidator(_below_prefix)]


class OIDCOptions(BaseModel):
    """The options of a login. Paths are below the API's prefix."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(pattern=r"^https?://", description="The provider's issuer URL.")
    client_id: str = Field(min_length=1, description="Our client id.")
    client_secret: str = Field(default="", repr=False, description="Our client secret; empty for a public client.")
    scope: str = Field(
        default="openid profile email",
        description="What is asked for; with `offline_access`, most providers give a refresh token.",
    )
    mapping: ClaimsMapping = Field(default=ClaimsMapping(), description="Which claims say who the user is.")
    userinfo: bool | None = Field(
        default=None,
        description="Whether claims that `mapping` asks for and the ID token lacks are read from the userinfo "
        "endpoint; `True` refuses logins without its answer, `None` goes on where the token is not accepted there.",
    )
    login_path: _Path = Field(default="/auth/login", description="GET: sends the browser to the provider.")
    callback_path: _Path = Field(default="/auth/callback", description="GET: where the provider sends it back.")
    logout_path: _Path = Field(default="/auth/logout", description="GET or POST: logs out, here and at the provider.")
    backchannel_path: _Path = Field(
        default="/auth/backchannel-logout", description="POST: where the provider says that somebody has logged out."
    )
    after_logout: str = Field(
        default="/",
        pattern=r"^/([^/\\].*)?$|^https?://",
        description="Where a browser ends up after a logout: a path of the application, or a URL.",
    )
    extra_parameters: dict[str, str] = Field(
        default_factory=dict, description="Sent along to the provider's login, such as `prompt` or `acr_values`."
    )
    send_id_token_hint: bool = Field(
        default=False,
        description="Send the ID token along at logout; some providers demand it. It is then in the browser's history.",
    )
    idle_seconds: float = Field(default=28_800, gt=0, description="A login ends after this long without a request.")
    absolute_seconds: float = Field(default=604_800, gt=0, description="A login ends after this long.")
    refresh_ahead_seconds: float = Field(
        default=60, ge=0, description="Tokens are renewed in the background this long before they expire."
    )
    login_seconds: int = Field(default=600, gt=0, description="How long a user may take to log in.")
    http_timeout: float = Field(default=10.0, gt=0, description="Time limit of each step of a request, in seconds.")
    leeway_seconds: int = Field(default=5, ge=0, description="Tolerated difference of clocks, in seconds.")
