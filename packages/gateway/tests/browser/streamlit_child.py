"""A Streamlit app under uvicorn behind parts of the gateway: the child process of the browser tests.

Arguments: the page's script; a Content-Security-Policy (without frame-ancestors) or nothing for no security headers; a
cache folder for the static files or nothing, which leaves them to Streamlit. Prints its address once it listens; ends
when its standard input closes, however the test ends.
"""

import asyncio
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from streamlit import config
from streamlit.starlette import App

from fluxlit_gateway.asgi import ASGIApp
from fluxlit_gateway.assets import StaticAssets
from fluxlit_gateway.security_headers import SecurityHeaders, SecurityHeadersMiddleware


def behind_assets(app: ASGIApp, cache: Path) -> ASGIApp:
    assets = StaticAssets.for_streamlit(cache_dir=cache)
    assert assets is not None

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        asset = assets.match(scope["path"]) if scope["type"] == "http" else None
        if asset is None or not await assets.respond(asset, scope, send):
            await app(scope, receive, assets.page_sender(scope, send) if scope["type"] == "http" else send)

    return answer


async def main(script: str, policy: str, cache: str) -> None:
    # Streamlit reads its options when it is run by its own command; here nobody has.
    config.get_config_options(
        force_reparse=True,
        options_from_flags={"browser.gatherUsageStats": False, "server.fileWatcherType": "none"},
    )
    app: ASGIApp = App(script)
    if cache:
        app = behind_assets(app, Path(cache))
    if policy:
        app = SecurityHeadersMiddleware(app, options=SecurityHeaders.for_streamlit(content_security_policy=policy))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


asyncio.run(main(*sys.argv[1:4]))
