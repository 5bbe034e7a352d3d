"""A portal for the browser tests: Streamlit's page at `/`, an API with the login at `/api`, on one port.

Prints its base URL as one line of JSON, reads who it is to the provider as another from its standard input, serves, and
ends when its standard input is closed.
"""

import asyncio
import json
import socket
import sys
import threading
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI
from starlette.routing import Mount
from streamlit.starlette import App

from fluxlit_auth import (
    GenericOIDCClient,
    GenericOIDCClientConfig,
    JWTAuthConfig,
    JWTBearer,
    OIDCBFFConfig,
    StandardClaims,
    register_oidc_bff_routes,
)

SECRET = "a-first-party-secret-of-more-than-32-bytes"
PAGE = Path(__file__).with_name("portal_page.py")


def build_api(base: str, client: dict[str, Any]) -> FastAPI:
    api = FastAPI()
    bearer = JWTBearer(
        JWTAuthConfig(issuer="fluxlit-bff", audience="fluxlit-app", algorithms=["HS256"], hs256_secret=SECRET)
    )

    @api.get("/me")
    async def me(claims: Annotated[StandardClaims, Depends(bearer)]) -> str | None:
        return claims.sub

    oidc = GenericOIDCClient(GenericOIDCClientConfig(**client))
    config = OIDCBFFConfig(oidc=oidc, first_party_secret=SECRET, public_base_url=base, api_prefix="/api")
    register_oidc_bff_routes(api, config)
    return api


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    sys.stdout.write(json.dumps({"base": base}) + "\n")
    sys.stdout.flush()
    app = App(PAGE, routes=[Mount("/api", app=build_api(base, json.loads(sys.stdin.readline())))])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))

    def stop_at_end_of_input() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=stop_at_end_of_input, daemon=True).start()
    asyncio.run(server.serve(sockets=[listener]))


if __name__ == "__main__":
    main()
