"""`GuardPlan`: what `app.protect(...)` has collected. Cheap to import and to make: sidecars have one as well."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fluxlit_auth.errors import AuthConfigurationError
from fluxlit_auth.guard.method import AuthMethod
from fluxlit_auth.guard.path_rules import PathRules
from fluxlit_auth.guard.rate_limits.rule import RateLimit
from fluxlit_auth.identity.requirements import Requirement

__all__ = ("GuardPlan",)


@dataclass
class GuardPlan:
    """How an application is protected."""

    methods: list[AuthMethod] = field(default_factory=list[AuthMethod])
    """In which order a request's credentials are looked for."""
    rules: PathRules = field(default_factory=PathRules)
    limits: list[RateLimit] = field(default_factory=list[RateLimit])
    """How many requests are admitted."""

    def protect(
        self,
        methods: Iterable[AuthMethod],
        *,
        public: Iterable[str] = (),
        requires: Mapping[str, Requirement | Iterable[Requirement]] | None = None,
    ) -> None:
        """Add methods and rules.

        Raises:
            AuthConfigurationError: There is no method, one of them is none, or a rule is not understood.
        """
        added = list(methods)
        if not added and not self.methods:
            raise AuthConfigurationError("protect() without a method: give OIDC(...), JWT(...), Basic(...) or another")
        for method in added:
            if not callable(getattr(method, "checker", None)):  # callers without a type checker
                raise AuthConfigurationError(f"{method!r} is no method of authentication; it has no checker()")
        self.rules |= PathRules.of(public, requires or {})
        self.methods += added
