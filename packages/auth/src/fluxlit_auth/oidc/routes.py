"""`register_oidc_bff_routes`: the login as three FastAPI routes."""

import warnings
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from fluxlit_auth.oidc.config import OIDCBFFConfig
from fluxlit_auth.oidc.login import NO_STORE_HEADERS, OIDCLogin

__all__ = ("ExchangeRequest", "ExchangeResponse", "register_oidc_bff_routes")


class ExchangeRequest(BaseModel):
    """The one-time code from the page's URL."""

    model_config = ConfigDict(extra="ignore")

    code: str = Field(min_length=8, max_length=512, description="The value of `auth_code`.")


class ExchangeResponse(BaseModel):
    """A token of our own (RFC 6750)."""

    access_token: str = Field(description="Send it as `Authorization: Bearer …`.")
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # a scheme's name, no secret


def register_oidc_bff_routes(app: FastAPI, config: OIDCBFFConfig, *, router_prefix: str = "") -> APIRouter:
    """Add the login's routes to an API.

    Warns with `UserWarning` if `config.public_base_url` is empty: URLs are then built from the request, which is right
    only where nothing in front of the server changes host, scheme or path.

    Args:
        app: The API.
        config: The login's options.
        router_prefix: A path in front of the three routes.
    """
    if not config.public_base_url:
        message = (
            "public_base_url is empty: the login's URLs are built from each request's Host header; set it "
            "(FLUXLIT_PUBLIC_BASE_URL) where a proxy is in front"
        )
        warnings.warn(message, UserWarning, stacklevel=2)
    login = OIDCLogin(config, api_prefix=_api_prefix(app, config))
    router = APIRouter(prefix=router_prefix.rstrip("/"), tags=["auth"])

    async def begin(request: Request) -> RedirectResponse:
        return await login.begin(request)

    async def finish(request: Request) -> RedirectResponse:
        return await login.finish(request)

    async def exchange(body: ExchangeRequest, response: Response) -> ExchangeResponse:
        response.headers.update(NO_STORE_HEADERS)
        return ExchangeResponse(access_token=await login.exchange(body.code))

    redirect: dict[str, Any] = {"status_code": 302, "response_class": RedirectResponse}
    router.add_api_route(config.login_path, begin, methods=["GET"], summary="Log in", **redirect)
    router.add_api_route(config.callback_path, finish, methods=["GET"], summary="Finish a login", **redirect)
    router.add_api_route(config.exchange_path, exchange, methods=["POST"], summary="Fetch the token of a login")
    app.include_router(router)
    return router


def _api_prefix(app: FastAPI, config: OIDCBFFConfig) -> str:
    """Where FluxLit has the API, by the settings that it leaves in the app's state."""
    given = config.api_prefix
    if given is None:
        given = str(getattr(getattr(app.state, "fluxlit_settings", None), "api_mount_path", ""))
    path = given.strip().strip("/")
    return f"/{path}" if path else ""
