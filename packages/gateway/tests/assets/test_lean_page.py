"""The page that names the part of a font, behind a server as Streamlit's: conditions, other answers, pieces."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from starlette.responses import FileResponse, HTMLResponse

from fluxlit_gateway.assets.inventory import describe
from fluxlit_gateway.assets.lean.page import LeanPage

PLAIN, LEAN = b"/static/Text.BsWL4Kly.woff2", b"/static/Text.~0123456.woff2"
BODY = b'<link href=".' + PLAIN + b'"><p>' + b"x" * 100_000


@pytest.fixture
def index(tmp_path: Path) -> Path:
    file = tmp_path / "index.html"
    file.write_bytes(BODY)
    return file


@pytest.fixture
def page(index: Path) -> LeanPage:
    return LeanPage.of(describe(index.parent, index).etag, [(PLAIN, LEAN)])


@pytest.fixture
async def client(
    index: Path, page: LeanPage, serve: Callable[[Any], Awaitable[aiohttp.ClientSession]]
) -> aiohttp.ClientSession:
    """A client of Streamlit's way to serve its page; below /other is a page of somebody else's."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        inner = page.serve(scope, send)
        sent = dict(scope["headers"])
        if scope["path"] == "/other":
            await HTMLResponse(BODY, headers={"etag": '"other"'})(scope, receive, inner)
        elif sent.get(b"if-none-match") == page.plain_tag:
            await HTMLResponse(status_code=304, headers={"etag": page.plain_tag.decode()})(scope, receive, inner)
        else:
            await FileResponse(index, headers={"cache-control": "no-cache"})(scope, receive, inner)

    return await serve(app)


async def test_the_page_names_the_part_under_a_tag_of_its_own(client: aiohttp.ClientSession, page: LeanPage) -> None:
    async with client.get("/") as response:
        body = await response.read()

    assert body == BODY.replace(PLAIN, LEAN)
    assert response.headers["Content-Length"] == str(len(body))
    assert response.headers["ETag"] == page.tag.decode() != page.plain_tag.decode()
    assert response.headers["Cache-Control"] == "no-cache"
    assert "Last-Modified" not in response.headers
    assert "Accept-Ranges" not in response.headers


async def test_a_head_says_what_a_get_would(client: aiohttp.ClientSession, page: LeanPage) -> None:
    async with client.head("/") as response:
        assert response.headers["ETag"] == page.tag.decode()
        assert response.headers["Content-Length"] == str(len(BODY))


@pytest.mark.parametrize("weak", ["", "W/"])
async def test_whoever_has_it_is_told_so(client: aiohttp.ClientSession, page: LeanPage, weak: str) -> None:
    async with client.get("/", headers={"If-None-Match": weak + page.tag.decode()}) as response:
        # Starlette's comparison, not this server's, is what a weak tag would meet.
        assert response.status == (200 if weak else 304)
        assert response.headers["ETag"] == page.tag.decode()


async def test_whoever_has_the_plain_page_gets_the_lighter_one(client: aiohttp.ClientSession, page: LeanPage) -> None:
    async with client.get("/", headers={"If-None-Match": page.plain_tag.decode()}) as response:
        assert response.status == 200
        assert LEAN in await response.read()


async def test_a_page_of_somebody_else_passes_as_it_is(client: aiohttp.ClientSession) -> None:
    async with client.get("/other") as response:
        assert await response.read() == BODY
        assert response.headers["ETag"] == '"other"'


async def test_a_part_of_the_page_passes_as_it_is(client: aiohttp.ClientSession) -> None:
    async with client.get("/", headers={"Range": "bytes=0-39"}) as response:
        assert response.status == 206
        assert await response.read() == BODY[:40]
