"""The two contestants of delivery.py: ``servers.py gateway|streamlit CACHE_FOLDER``.

Prints its port once it listens; ends when its standard input closes.
"""

import asyncio
import logging
import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from fluxlit_gateway.asgi import ASGIApp, Receive, Scope, Send
from fluxlit_gateway.assets import Asset, StaticAssets
from fluxlit_gateway.assets.accept_encoding import ENCODINGS
from fluxlit_gateway.assets.compression import compress
from fluxlit_gateway.assets.inventory import find_assets
from fluxlit_gateway.assets.streamlit_install import StreamlitInstall, find_streamlit
from fluxlit_gateway.assets.variant_store import VariantStore


def gateway(cache: Path) -> ASGIApp:
    """The responder, its cache filled for the script that is asked for."""
    fill(cache)
    assets = StaticAssets.for_streamlit(cache_dir=cache)
    assert assets is not None

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        asset = assets.match(scope["path"])
        if asset is None or not await assets.respond(asset, scope, send):
            raise RuntimeError(f"{scope['path']!r} is no asset")

    return app


def largest_of_first_view() -> Asset:
    """The largest script that index.html itself names."""
    install = installed()
    html = (install.static / "index.html").read_text("utf-8")
    named = [asset for path, asset in find_assets(install.static).items() if f".{path}" in html]
    return max(named, key=lambda asset: asset.size)


def installed() -> StreamlitInstall:
    """The Streamlit of this environment."""
    install = find_streamlit()
    if install is None:
        raise SystemExit("Streamlit is not installed in this environment; install streamlit>=1.57")
    return install


def fill(cache: Path) -> None:
    """Build what this benchmark asks for; all of it takes a minute."""
    store = VariantStore(cache, key=f"streamlit-{installed().version}")
    asset = largest_of_first_view()
    plain = asset.read()
    for encoding in ENCODINGS[:-1]:
        store.save(asset, encoding, compress(plain, encoding, "best") or b"", plain=plain)


def streamlit() -> ASGIApp:
    """Streamlit's static route, alone."""
    # Late: the gateway's process is measured without Streamlit in it, as it is in production.
    from streamlit.web.server.starlette.starlette_static_routes import (  # noqa: PLC0415 - see above
        create_streamlit_static_assets_routes,
    )

    return Starlette(routes=create_streamlit_static_assets_routes(None))


async def serve(server: uvicorn.Server) -> None:
    """Serve until standard input closes."""
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


def main(name: str, cache: Path) -> None:
    """Serve one of them, on the event loop that uvicorn itself would choose."""
    # wrk drops its connections at the end of a round, which asyncio would log for each write that comes after.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    app = gateway(cache) if name == "gateway" else streamlit()
    config = uvicorn.Config(app, lifespan="off", log_level="warning", access_log=False)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(serve(uvicorn.Server(config)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
