"""A folder like Streamlit's, and real servers in the test's own loop."""

import asyncio
import os
import random
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn

from fluxlit_gateway.assets import StaticAssets

SECONDS = 60


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def script() -> bytes:
    """Text that compresses, larger than one piece of a response, the same in each run."""
    words = random.Random(1).choices(["alpha", "beta", "gamma", "delta", "\n"], k=27_000)
    return " ".join(words).encode()


@pytest.fixture
def root(tmp_path: Path, script: bytes) -> Path:
    """A static folder."""
    folder = tmp_path / "static"
    files = {
        "index.html": b'<script type="module" src="./static/js/late.B2.js"></script>',
        "manifest.json": b"{}" * 1000,
        "favicon.png": bytes(range(256)) * 4,
        "static/js/app.A1.js": script,
        "static/js/late.B2.js": script[:2000],
        "static/js/tiny.C3.js": b"1",
        "static/js/page.html": b"<p>",
        "static/js/.hidden.js": b"secret",
        "static/media/font.D4.woff2": random.Random(2).randbytes(3000),
    }
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (1_700_000_000.5, 1_700_000_000.5))
    return folder


@pytest.fixture
def cache_dir(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def assets(root: Path, cache_dir: Path) -> StaticAssets:
    return StaticAssets(root, key="streamlit-0", cache_dir=cache_dir)


@asynccontextmanager
async def _serving(app: Any) -> AsyncGenerator[aiohttp.ClientSession]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        # No header that a test did not ask for, and bodies as they come over the wire.
        async with aiohttp.ClientSession(
            base,
            auto_decompress=False,
            skip_auto_headers=("Accept-Encoding",),
            timeout=aiohttp.ClientTimeout(total=SECONDS),
        ) as session:
            yield session
    finally:
        server.should_exit = True
        await asyncio.wait_for(serving, SECONDS)
        listener.close()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Any], Awaitable[aiohttp.ClientSession]]]:
    """Serve an ASGI application over a real socket until the test ends; gives a client of it."""
    async with AsyncExitStack() as stack:

        async def start(app: Any) -> aiohttp.ClientSession:
            return await stack.enter_async_context(_serving(app))

        yield start


@pytest.fixture
async def client(
    assets: StaticAssets, serve: Callable[[Any], Awaitable[aiohttp.ClientSession]]
) -> aiohttp.ClientSession:
    """A client of a gateway that serves these assets and answers 404 to everything else."""

    async def gateway(scope: Any, _receive: Any, send: Any) -> None:
        asset = assets.match(scope["path"])
        if asset is None or not await assets.respond(asset, scope, send):
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})

    return await serve(gateway)
