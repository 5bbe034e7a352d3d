"""What is answered when the provider sends the browser back with an error instead of a code."""

from typing import Final

from fluxlit_auth.oidc.errors import LoginRefusedError

__all__ = ("provider_error",)

# RFC 6749 section 4.1.2.1 and OpenID Connect Core section 3.1.2.6: what the user or the provider's policy decided.
_REFUSALS: Final = frozenset(
    {"access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required"}
)
# The same sections: what is wrong with how we are registered, or with the provider.
_FAILURES: Final = frozenset(
    {
        "invalid_request",
        "unauthorized_client",
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
    }
)


def provider_error(code: str) -> LoginRefusedError:
    """The answer to an `error` parameter: 403 where somebody said no, 502 where something is broken.

    Only codes of the standards are repeated: whoever can write a link decides what is in the parameter.
    """
    if code in _REFUSALS:
        return LoginRefusedError(403, f"Login refused by the identity provider: {code}")
    if code in _FAILURES:
        return LoginRefusedError(502, f"Identity provider error: {code}")
    return LoginRefusedError(502, "Identity provider error", reason=f"the provider sent error={code!r}")
