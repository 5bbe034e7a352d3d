"""A real OpenID provider, a browser's part in a login, and APIs that the login is registered on."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send

    LogInElsewhere = Callable[[str, str], str]

FOLDER = Path(__file__).parents[1] / "oidc_provider"
INSTALLER = FOLDER.parents[1] / "scripts" / "install-oidc-provider.sh"


class Serve(Protocol):
    def __call__(self, app: ASGIApp, **options: Any) -> str: ...


@dataclass
class Provider:
    """The running provider."""

    issuer: str

    async def register(self, redirect_uri: str, **options: Any) -> dict[str, Any]:
        """Register a client that may be sent back to `redirect_uri`."""
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{self.issuer}/reg", json={"redirect_uris": [redirect_uri], **options})
        assert answer.status_code == 201, answer.text
        return answer.json()


@dataclass
class LateApp:
    """An app that is built when its address is known."""

    app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@dataclass
class Browser:
    """A browser: keeps cookies, follows redirects, fills in the provider's forms."""

    client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(follow_redirects=True, timeout=30))

    async def log_in(self, url: str, user: str, *, until: str = "auth_code=") -> httpx.URL:
        """Begin at `url`, log in as `user`, and give the first URL after that has `until` in it."""
        answer = await self.client.get(url)
        for _step in range(6):
            for each in [*answer.history, answer]:
                if until in str(each.url):
                    return each.url
            assert answer.status_code == 200, (answer.status_code, str(answer.url), answer.text)
            action, form = the_form(answer.text)
            if "login" in form:
                form |= {"login": user, "password": "any"}
            answer = await self.client.post(str(answer.url.join(action)), data=form)
        raise AssertionError(f"no {until!r} after six steps, but {answer.url}")


def the_form(page: str) -> tuple[str, dict[str, str]]:
    """Where the form of a page goes, and its fields."""
    action = re.search(r'<form[^>]*action="([^"]*)"', page)
    assert action, page
    inputs = re.findall(r"<input[^>]*>", page)
    named = [(re.search(r'name="([^"]*)"', each), re.search(r'value="([^"]*)"', each)) for each in inputs]
    return unescape(action[1]), {name[1]: unescape(value[1]) if value else "" for name, value in named if name}


def query_of(url: httpx.URL | str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(str(url)).query).items()}


@pytest.fixture
def query() -> Any:
    return query_of


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    found = Browser()
    async with found.client:
        yield found


@pytest.fixture
async def second_browser() -> AsyncIterator[Browser]:
    found = Browser()
    async with found.client:
        yield found


@pytest.fixture
def log_in_elsewhere() -> LogInElsewhere:
    """For tests without an event loop: log in with another browser, which stops at the page and runs no script."""

    async def log_in(url: str, user: str) -> str:
        elsewhere = Browser()
        async with elsewhere.client:
            return str(await elsewhere.log_in(url, user))

    return lambda url, user: asyncio.run(log_in(url, user))


@pytest.fixture
def late_app() -> LateApp:
    return LateApp()


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    """npm's oidc-provider as a process of its own; it ends when its standard input closes."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    install()
    with subprocess.Popen(
        [node, "server.js"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        first = next((line for line in process.stdout if line.startswith(b"{")), None)
        assert first is not None, "the provider ended before it listened"
        yield Provider(json.loads(first)["issuer"])
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)


def install() -> None:
    """Install the provider unless it is there; of several test workers one does it, and a failure is not repeated."""
    installed = FOLDER / "node_modules" / "oidc-provider" / "package.json"
    if shutil.which("npm") is None and not installed.exists():
        pytest.skip("npm is not installed, and neither is oidc-provider")
    name = hashlib.sha256(str(FOLDER).encode()).hexdigest()[:16]
    temporary = Path(tempfile.gettempdir())
    failure = temporary / f"{name}-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}.failed"
    with (temporary / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not installed.exists() and not failure.exists():
            done = subprocess.run([INSTALLER], capture_output=True, text=True, timeout=120, check=False)
            if done.returncode:
                failure.write_text(done.stderr, "utf-8")
    if not installed.exists():
        pytest.skip(f"npm could not install oidc-provider: {failure.read_text('utf-8').strip()}")
