"""What the guard's methods know about the application that they protect, and share with each other."""

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from fluxlit_auth.guard.request import GuardRequest
    from fluxlit_auth.guard.revocations import Revocations
    from fluxlit_auth.guard.shared_store import SharedStore
    from fluxlit_auth.guard.throttling import LoginThrottle

__all__ = ("GuardEnvironment", "GuardOptions")


class GuardOptions(BaseModel):
    """Where the application is, and whom it trusts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_prefix: str = Field(default="/api", description="Where the API is, below the mount.")
    root_mount: str = Field(default="", description="The public mount, without a slash at its end.")
    public_base_url: str = Field(default="", description="The application's URL as browsers see it; empty: as asked.")
    trust_forwarded_host: bool = Field(default=False, description="Believe `X-Forwarded-Host`.")
    trusted_origins: frozenset[str] = Field(
        default=frozenset(), description="Origins whose pages may call the API with the user's cookies."
    )
    open_paths: frozenset[str] = Field(
        default=frozenset(), description="Paths that answer GET and HEAD for everybody: probes."
    )
    answers_preflight: bool = Field(default=False, description="Let CORS preflights through, which carry no identity.")

    @property
    def public_origin(self) -> str:
        """Scheme and host of `public_base_url`; empty if there is none."""
        parts = urlsplit(self.public_base_url)
        return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""


class GuardEnvironment:
    """What methods share.

    Args:
        options: Where the application is.
        store: Where login sessions, keys and revocations are kept.
        throttle: Counts failed logins.
        revocations: Tells every process what has ended.

    Attributes:
        live: How many open sockets of this process each login or key has.
    """

    def __init__(
        self,
        options: GuardOptions,
        *,
        store: "SharedStore",
        throttle: "LoginThrottle",
        revocations: "Revocations",
    ) -> None:
        self.options = options
        self.store = store
        self.throttle = throttle
        self.revocations = revocations
        self.live: Counter[str] = Counter()

    def address(self, request: "GuardRequest", path: str) -> str:
        """The absolute URL of a path of the application, as the browser sees it."""
        base = self.options.public_base_url.rstrip("/")
        return f"{base or request.origin + request.mount}{path}"
