"""`OIDC`: what an application writes to have its users log in at an OpenID provider."""

from typing import TYPE_CHECKING

from fluxlit_auth.guard.oidc.options import OIDCOptions

if TYPE_CHECKING:
    from fluxlit_auth.guard.environment import GuardEnvironment
    from fluxlit_auth.guard.oidc.checker import OIDCChecker

__all__ = ("OIDC",)


class OIDC(OIDCOptions):
    """A login at an OpenID provider. The browser gets a cookie that means nothing elsewhere; tokens stay here.

    The callback to register at the provider is `https://…/api/auth/callback`. See `OIDCOptions` for the options.
    """

    def checker(self, environment: "GuardEnvironment") -> "OIDCChecker":
        """See `AuthMethod`."""
        # Here, since a sidecar makes this object as well and logs nobody in.
        from fluxlit_auth.guard.oidc.checker import OIDCChecker  # noqa: PLC0415

        return OIDCChecker(self, environment)
