"""Response headers that tell the browser what a page may not do.

API sketch, for a gateway::

    ui = SecurityHeadersMiddleware(ui, options=SecurityHeaders.for_streamlit())   # pages
    api = SecurityHeadersMiddleware(api)                                          # JSON, Swagger's page

or, where responses are written by hand, ``options.missing_from(headers, scheme=scope["scheme"])`` gives the headers to
add to a response's own.

A header that the application sets itself is left alone. Bodies stream: only the start of a response is touched, and
WebSockets pass by.

Whether to send HSTS is decided by ``scope["scheme"]``, which the ASGI server sets, from `X-Forwarded-Proto` only for
proxies that it trusts. The raw header is never read: any client can send it.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from fluxlit_gateway.asgi import ASGIApp, Message, Receive, Scope, Send
from fluxlit_gateway.content_security_policy import STREAMLIT_CONTENT_SECURITY_POLICY

__all__ = ("SecurityHeaders", "SecurityHeadersMiddleware")

_TWO_YEARS = 2 * 365 * 24 * 60 * 60


class SecurityHeaders(BaseModel):
    """Which security headers are sent, and with what value; None sends none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content_type_options: Literal["nosniff"] | None = Field(
        default="nosniff", description="X-Content-Type-Options: no guessing of types."
    )
    frame_options: Literal["SAMEORIGIN", "DENY"] | None = Field(
        default="SAMEORIGIN",
        description="X-Frame-Options, for browsers without frame-ancestors, which beats it everywhere else.",
    )
    referrer_policy: str | None = Field(
        default="strict-origin-when-cross-origin",
        description="Referrer-Policy: other sites learn the origin, never path or query.",
    )
    strict_transport_security: str | None = Field(
        default=f"max-age={_TWO_YEARS}; includeSubDomains",
        description="Strict-Transport-Security (RFC 6797), sent over https alone.",
    )
    content_security_policy: str | None = Field(
        default=None,
        description="Content-Security-Policy without frame-ancestors, which has its own setting.",
    )
    frame_ancestors: tuple[str, ...] | None = Field(
        default=None,
        description=(
            "Pages that may show this one in a frame, as CSP sources: \"'self'\", 'https://portal.example.com'. Empty: "
            "none. None: frame_options alone decides."
        ),
    )

    @field_validator("referrer_policy", "strict_transport_security", "content_security_policy")
    @classmethod
    def _check_value(cls, value: str | None) -> str | None:
        if value is not None and not (value.isascii() and value.isprintable() and value.strip()):
            raise ValueError(f"{value!r} is no header value: use one line of printable ASCII, or None for no header")
        return value

    @field_validator("content_security_policy")
    @classmethod
    def _keep_frame_ancestors_apart(cls, value: str | None) -> str | None:
        if value is not None and "frame-ancestors" in value.lower():
            raise ValueError(f"{value!r} sets frame-ancestors: give it as `frame_ancestors`, so that one place decides")
        return value

    @field_validator("frame_ancestors")
    @classmethod
    def _check_sources(cls, sources: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for source in sources or ():
            if not source.isascii() or not source.isprintable() or not source or any(c in source for c in " ;,"):
                raise ValueError(
                    f"{source!r} is no CSP source: write \"'self'\" or an origin such as 'https://a.example'"
                )
        return sources

    @classmethod
    def for_streamlit(cls, **changes: Any) -> Self:
        """The headers for Streamlit's pages: the defaults, with a policy under which Streamlit works.

        Args:
            **changes: Fields to set otherwise.
        """
        defaults: dict[str, Any] = {
            "content_security_policy": STREAMLIT_CONTENT_SECURITY_POLICY,
            "frame_ancestors": ("'self'",),
        }
        return cls(**{**defaults, **changes})

    @cached_property
    def _policy(self) -> str | None:
        if self.frame_ancestors is None:
            return self.content_security_policy
        ancestors = "frame-ancestors " + (" ".join(self.frame_ancestors) or "'none'")
        return f"{self.content_security_policy}; {ancestors}" if self.content_security_policy else ancestors

    @cached_property
    def _encoded(self) -> tuple[tuple[bytes, bytes], ...]:
        values = {
            b"x-content-type-options": self.content_type_options,
            b"x-frame-options": self.frame_options,
            b"referrer-policy": self.referrer_policy,
            b"content-security-policy": self._policy,
        }
        return tuple((name, value.encode("ascii")) for name, value in values.items() if value is not None)

    @cached_property
    def _encoded_for_https(self) -> tuple[tuple[bytes, bytes], ...]:
        if self.strict_transport_security is None:
            return self._encoded
        return (*self._encoded, (b"strict-transport-security", self.strict_transport_security.encode("ascii")))

    def missing_from(self, headers: Iterable[tuple[bytes, bytes]], *, scheme: str) -> list[tuple[bytes, bytes]]:
        """The headers to add to a response that has these already.

        Args:
            headers: The response's own, as in ``http.response.start``.
            scheme: What the browser used; of the ASGI scope, not of a request header.
        """
        present = {name.lower() for name, _ in headers}
        wanted = self._encoded_for_https if scheme == "https" else self._encoded
        return [(name, value) for name, value in wanted if name not in present]


class SecurityHeadersMiddleware:
    """ASGI middleware that adds the headers an application did not set itself.

    Args:
        app: The application behind it.
        options: Which headers; the default sends no Content-Security-Policy, which an API's documentation page, loaded
            from elsewhere, would not work under.
    """

    def __init__(self, app: ASGIApp, *, options: SecurityHeaders | None = None) -> None:
        self.app = app
        self.options = options or SecurityHeaders()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scheme: str = scope.get("scheme", "http")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                message = {**message, "headers": [*own, *self.options.missing_from(own, scheme=scheme)]}
            await send(message)

        await self.app(scope, receive, send_with_headers)
