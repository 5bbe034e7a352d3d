"""The documented module path of the security headers; the code is `fluxlit_gateway`'s."""

from fluxlit_gateway.security_headers import SecurityHeadersMiddleware

__all__ = ("SecurityHeadersMiddleware",)
