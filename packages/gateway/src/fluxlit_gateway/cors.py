"""Which other sites' scripts may call the API and read its answers (https://fetch.spec.whatwg.org/#http-cors-protocol).

API sketch, for a gateway::

    options = CorsOptions(allow_origins=("https://portal.example.com",), allow_credentials=True)   # once
    api = with_cors(api, options)                # the same application when no origin is allowed

It belongs around the API alone. The UI's pages are not read by scripts of other sites, Streamlit answers preflights for
its own endpoints, and a WebSocket hands over a whole session: :mod:`fluxlit_gateway.origin` has a list of its own for
that. Put it outside the security headers, so that a preflight answer costs the application nothing.
"""

import logging
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.middleware.cors import CORSMiddleware

from fluxlit_gateway.asgi import ASGIApp
from fluxlit_gateway.errors import GatewayConfigurationError

__all__ = ("CorsOptions", "with_cors")

_LOG = logging.getLogger(__name__)
# These have settings of their own, or are fixed: all methods and headers.
_SET_ELSEWHERE = frozenset({"allow_origins", "allow_credentials", "allow_methods", "allow_headers"})


class CorsOptions(BaseModel):
    """Settings of cross-origin access to the API."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    allow_origins: tuple[str, ...] = Field(
        default=(),
        description="Origins such as 'https://portal.example.com', or '*'; none of them means no CORS at all.",
    )
    allow_credentials: bool = Field(
        default=False, description="Whether such scripts may send the user's cookies. Not together with '*'."
    )
    middleware_kwargs: dict[str, JsonValue] = Field(
        default={},
        description=(
            "Further arguments of Starlette's CORSMiddleware: allow_origin_regex, expose_headers, max_age, "
            "allow_private_network. Those that have a setting of their own, and methods and headers, are ignored."
        ),
    )


def with_cors(app: ASGIApp, options: CorsOptions) -> ASGIApp:
    """The application, with CORS around it if any origin is allowed.

    Raises:
        GatewayConfigurationError: `middleware_kwargs` has a name or a value that Starlette does not take.
    """
    further: dict[str, Any] = {k: v for k, v in options.middleware_kwargs.items() if k not in _SET_ELSEWHERE}
    if not options.allow_origins and "allow_origin_regex" not in further:
        return app
    if options.allow_credentials and "*" in options.allow_origins:
        _LOG.warning(
            "cors_allow_origins has '*' and cors_allow_credentials is on: every site that a user visits can call the "
            "API with that user's cookies; name the origins instead"
        )
    try:
        return CORSMiddleware(
            app,
            allow_origins=options.allow_origins,
            allow_credentials=options.allow_credentials,
            allow_methods=("*",),
            allow_headers=("*",),
            **further,
        )
    # re.error is a ValueError from Python 3.13 on only, and what else a wrong value raises is Starlette's affair.
    except Exception as error:
        raise GatewayConfigurationError(
            f"cors_middleware_kwargs={further!r} does not suit Starlette's CORSMiddleware ({error}); it takes "
            "allow_origin_regex, expose_headers, max_age and allow_private_network"
        ) from error
