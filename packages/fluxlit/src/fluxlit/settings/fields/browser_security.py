"""What browsers of other origins may do, and the headers that protect ours."""

from pydantic import Field
from pydantic_settings import BaseSettings

from fluxlit.settings.value_types import JsonObject, TextList

__all__ = ("BrowserSecurityFields",)


class BrowserSecurityFields(BaseSettings):
    """Cross-origin rules and security headers."""

    enable_security_headers: bool = Field(
        default=False, description="Send `nosniff`, frame, referrer and, over HTTPS, transport-security headers."
    )
    content_security_policy: str = Field(
        default="", description="`Content-Security-Policy` to send with every page; empty sends none."
    )
    allowed_hosts: TextList = Field(
        default=[], description="Host names that requests may name, such as `example.org, *.example.org`; empty is any."
    )
    ws_allowed_origins: TextList = Field(
        default=[],
        description="Origins besides the application's own that may open a WebSocket, such as `https://portal.example.org`.",
    )
    cors_allow_origins: TextList = Field(
        default=[], description="Origins whose scripts may call the API; empty installs no CORS middleware."
    )
    cors_allow_credentials: bool = Field(default=False, description="Let those scripts send cookies.")
    cors_middleware_kwargs: JsonObject = Field(
        default={}, description="Further arguments of Starlette's `CORSMiddleware`, such as `max_age`."
    )
