"""`ForwardAuth`: the word of a proxy in front that has logged the user in (oauth2-proxy, Authelia, an ingress).

Who is believed has to be said: there is no default, since a header that anybody may send names anybody.
"""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from fluxlit_auth.forward_auth import TrustedProxyUser, TrustedProxyUserConfig
from fluxlit_auth.guard.environment import GuardEnvironment
from fluxlit_auth.guard.method import Identity
from fluxlit_auth.guard.request import GuardRequest
from fluxlit_auth.identity.user import User

__all__ = ("ForwardAuth", "ForwardAuthChecker")


class ForwardAuth(BaseModel):
    """Headers of a trusted proxy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trusted: frozenset[str] = Field(
        min_length=1,
        description="Who is believed: addresses or networks of the proxies, `unix` for a Unix socket.",
    )
    user_header: str = Field(default="X-Remote-User", min_length=1, description="Names the user.")
    name_header: str = Field(default="", description="Has the user's name; empty: nothing says it.")
    email_header: str = Field(default="", description="Has the address; empty: nothing says it.")
    roles_header: str = Field(default="", description="Has the roles; empty: nothing says them.")
    roles_separator: str = Field(default=",", min_length=1, description="What is between the roles.")
    require_https: bool = Field(default=False, description="Refuse what did not come by HTTPS.")
    login_url: str = Field(
        default="", description="Where the proxy logs users in; `{here}` is replaced by the address to come back to."
    )

    def checker(self, environment: GuardEnvironment) -> "ForwardAuthChecker":
        """See `AuthMethod`."""
        del environment
        return ForwardAuthChecker(self)

    @property
    def headers(self) -> Iterable[str]:
        """All headers that say something about the user, in lower case."""
        names = (self.user_header, self.name_header, self.email_header, self.roles_header)
        return [name.lower() for name in names if name]


class ForwardAuthChecker:
    """Looks at the proxy's headers.

    Args:
        method: The options.
    """

    challenge = ""

    def __init__(self, method: ForwardAuth) -> None:
        self._method = method
        self._proxy_user = TrustedProxyUser(
            TrustedProxyUserConfig(
                header_name=method.user_header,
                require_https=method.require_https,
                trusted_client_hosts=method.trusted,
                require_non_empty_user=False,
            )
        )

    @property
    def credential_headers(self) -> Iterable[str]:
        """Headers that are not passed on unless they were believed."""
        return self._method.headers

    async def authenticate(self, request: GuardRequest) -> Identity | None:
        """See `Checker`."""
        if self._method.user_header not in request.headers:
            return None
        name = await self._proxy_user(request)
        if not name:
            return None
        method = self._method
        roles = self._header(request, method.roles_header).split(method.roles_separator)
        user = User(
            id=_as_utf8(name),
            name=self._header(request, method.name_header) or _as_utf8(name),
            email=self._header(request, method.email_header),
            roles=frozenset(role.strip() for role in roles if role.strip()),
        )
        return Identity(user, ambient=True)

    def _header(self, request: GuardRequest, name: str) -> str:
        values = request.headers.getlist(name) if name else []
        return _as_utf8(values[0].strip()) if len(values) == 1 else ""


def _as_utf8(text: str) -> str:
    # Starlette reads headers as Latin-1; proxies write names as UTF-8.
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError:
        return text
