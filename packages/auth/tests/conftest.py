"""What the tests of this package share: keys, tokens, and real servers on loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import httpx2 as httpx
import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from fluxlit_auth.guard.environment import GuardEnvironment, GuardOptions
from fluxlit_auth.guard.layer import Guard
from fluxlit_auth.guard.page_rules import PageRules
from fluxlit_auth.guard.plan import GuardPlan
from fluxlit_auth.guard.revocations import Revocations
from fluxlit_auth.guard.shared_store import SharedStore
from fluxlit_auth.guard.throttling import LoginThrottle
from fluxlit_sessions import InMemorySessionStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence

    from joserfc.jwk import Key
    from starlette.types import ASGIApp, Receive, Scope, Send

    from fluxlit_auth.guard.method import AuthMethod
    from fluxlit_auth.guard.page_rules import GuardedPage
    from fluxlit_sessions import AtomicSessionStore

ISSUER = "https://issuer.example"
AUDIENCE = "orders"
SECRET = "an-hs256-secret-of-more-than-32-bytes!"
ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Traffic of the tests stays on loopback whatever the machine's environment says."""
    monkeypatch.setenv("NO_PROXY", "*")


def claims_of(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {"sub": "ada", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 600, **changes}


class MakeToken(Protocol):
    def __call__(self, key: Key | str, alg: str, /, *, header: dict[str, Any] | None = None, **claims: Any) -> str: ...


class Serve(Protocol):
    def __call__(self, app: ASGIApp, **options: Any) -> str: ...


@pytest.fixture(scope="session")
def make_token() -> MakeToken:
    """Sign a token with any key and header, sensible or not."""

    def make(key: Key | str, alg: str, /, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        signing = OctKey.import_key(key) if isinstance(key, str) else key
        registry = JWSRegistry(algorithms=[alg], strict_check_header=False)
        kid = {"kid": signing.kid} if signing.kid else {}
        return jwt.encode({"alg": alg, **kid, **(header or {})}, claims_of(**claims), signing, registry=registry)

    return make


@pytest.fixture(scope="session")
def signing_keys() -> dict[str, Key]:
    """One key for each family of algorithms."""
    return {
        "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}),
        "PS256": RSAKey.generate_key(2048, {"kid": "pss"}),
        "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
        "Ed25519": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
    }


@contextmanager
def running(app: ASGIApp, *, listener: socket.socket | None = None, **options: Any) -> Generator[str]:
    """Serve an app with uvicorn on a free loopback port, or on a listener; gives its base URL."""
    listener = listener or socket.create_server(("127.0.0.1", 0))
    chosen: dict[str, Any] = {"lifespan": "off", **options}
    config = uvicorn.Config(app, log_level="warning", **chosen)
    server = uvicorn.Server(config)
    # The listener takes connections from now on: a first request waits in its queue until the server is up.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers that end with the test."""
    with ExitStack() as stack:

        def start(app: ASGIApp, **options: Any) -> str:
            return stack.enter_context(running(app, **options))

        yield start


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=20) as client:
        yield client


class Application:
    """Behind a guard: says what reached it, and holds WebSockets open until it is told to close them."""

    def __init__(self) -> None:
        self.guard: Guard | None = None
        self.requests: list[dict[str, Any]] = []
        self.sockets: list[tuple[Scope, asyncio.Event]] = []
        self.opened = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, with the guard's background work in the lifespan."""
        assert self.guard is not None
        if scope["type"] == "lifespan":
            await receive()
            async with self.guard.running(self.close_sockets):
                await send({"type": "lifespan.startup.complete"})
                await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        scope["state"] = {}
        await self.guard.layer(self._inside)(scope, receive, send)

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = scope["state"].get("fluxlit_user")
        seen = {
            "path": scope["path"],
            "query": scope["query_string"].decode(),
            "user": user.id if user is not None else None,
            "roles": sorted(user.roles) if user is not None else [],
            "headers": {name.decode(): value.decode("latin-1") for name, value in scope["headers"]},
            "upstream": {n.decode(): v.decode("latin-1") for n, v in scope["state"].get("upstream_headers", [])},
        }
        self.requests.append(seen)
        if scope["type"] == "websocket":
            await self._hold(scope, receive, send)
            return
        body = json.dumps(seen).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})

    async def _hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        closing = asyncio.Event()
        self.sockets.append((scope, closing))
        await send({"type": "websocket.send", "text": "open"})
        waiting = asyncio.ensure_future(receive())
        closed = asyncio.ensure_future(closing.wait())
        await asyncio.wait([waiting, closed], return_when=asyncio.FIRST_COMPLETED)
        if closing.is_set():
            await send({"type": "websocket.close", "code": 4401})
        closed.cancel()
        waiting.cancel()

    def close_sockets(self, match: Callable[[Scope], bool]) -> None:
        """As `Gateway.close_sockets`."""
        for scope, closing in self.sockets:
            if match(scope):
                closing.set()


class Protect(Protocol):
    def __call__(self, *methods: AuthMethod, **options: Any) -> Application: ...


@pytest.fixture
def protect() -> Protect:
    """An application behind a guard with these methods; `options` are of `GuardOptions`, `plan` and `pages`."""

    def make(
        *methods: AuthMethod,
        plan: dict[str, Any] | None = None,
        pages: Sequence[GuardedPage] = (),
        store: AtomicSessionStore | None = None,
        **options: Any,
    ) -> Application:
        collected = GuardPlan()
        collected.protect(methods, **(plan or {}))
        shared = SharedStore(InMemorySessionStore() if store is None else store)
        environment = GuardEnvironment(
            GuardOptions(open_paths=frozenset({"/api/healthz"}), **options),
            store=shared,
            throttle=LoginThrottle(),
            revocations=Revocations(shared),
        )
        app = Application()
        app.guard = Guard(collected, environment, PageRules(pages, collected.rules))
        return app

    return make


@dataclass
class PublishedSet:
    """An app that publishes keys as an issuer does, counts requests and can break."""

    keys: list[Key]
    requests: int = 0
    status: int = 200
    body: bytes | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        self.requests += 1
        body = self.body
        if body is None:
            body = json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode()
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def published(signing_keys: dict[str, Key]) -> PublishedSet:
    return PublishedSet(keys=list(signing_keys.values()))
