"""Assets over a real socket: codings, validators, ranges."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import brotli
import pytest
import zstandard

from fluxlit_gateway.assets import StaticAssets
from fluxlit_gateway.assets.compression import compress

APP, FONT, TINY = "/static/js/app.A1.js", "/static/media/font.D4.woff2", "/static/js/tiny.C3.js"
DECODER: Any = brotli


async def fetch(
    client: aiohttp.ClientSession, path: str, *, method: str = "GET", **headers: str
) -> tuple[aiohttp.ClientResponse, bytes]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.request(method, path, headers=names) as response:
        return response, await response.read()


def decode(coding: str | None, body: bytes) -> bytes:
    match coding:
        case "br":
            plain: bytes = DECODER.decompress(body)
            return plain
        case "zstd":
            return zstandard.ZstdDecompressor().decompress(body)
        case "gzip":
            return gzip.decompress(body)
        case _:
            return body


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
async def test_each_coding_decodes_to_the_file(
    client: aiohttp.ClientSession, assets: StaticAssets, script: bytes, coding: str, *, built: bool
) -> None:
    if built:
        assets.build()

    response, body = await fetch(client, APP, accept_encoding=coding)

    assert response.status == 200
    assert response.headers["Content-Encoding"] == coding
    assert response.headers["Content-Length"] == str(len(body))
    assert decode(coding, body) == script
    assert len(body) < len(script) / 2


async def test_the_plain_file_goes_to_whoever_decodes_nothing(client: aiohttp.ClientSession, script: bytes) -> None:
    response, body = await fetch(client, APP)

    assert body == script
    assert "Content-Encoding" not in response.headers
    assert response.headers["Accept-Ranges"] == "bytes"


async def test_the_quick_form_gives_way_to_the_best_with_a_tag_of_its_own(
    client: aiohttp.ClientSession, assets: StaticAssets
) -> None:
    quick, quick_body = await fetch(client, APP, accept_encoding="br")
    assets.build()
    best, best_body = await fetch(client, APP, accept_encoding="br")
    again, _ = await fetch(client, APP, accept_encoding="br")

    assert len(best_body) < len(quick_body)
    assert quick.headers["ETag"] != best.headers["ETag"]
    assert best.headers["ETag"] == again.headers["ETag"]


async def test_every_form_has_its_own_strong_tag(client: aiohttp.ClientSession) -> None:
    tags = [
        (await fetch(client, APP, accept_encoding=c))[0].headers["ETag"] for c in ("br", "zstd", "gzip", "identity")
    ]

    assert len(set(tags)) == 4
    assert not any(tag.startswith("W/") for tag in tags)


@pytest.mark.parametrize("path", [APP, FONT, TINY, "/favicon.png"])
@pytest.mark.parametrize("coding", ["br", "identity"])
async def test_all_forms_may_be_cached_for_good_and_vary(client: aiohttp.ClientSession, path: str, coding: str) -> None:
    response, _ = await fetch(client, path, accept_encoding=coding)

    assert response.headers["Cache-Control"] == "public, immutable, max-age=31536000"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Last-Modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        (APP, "text/javascript; charset=utf-8"),
        (FONT, "font/woff2"),
        ("/favicon.png", "image/png"),
    ],
)
async def test_the_media_type_does_not_hang_on_the_machine(
    client: aiohttp.ClientSession, path: str, media_type: str
) -> None:
    response, _ = await fetch(client, path)

    assert response.headers["Content-Type"] == media_type


@pytest.mark.parametrize("path", [FONT, TINY])
async def test_what_does_not_shrink_is_sent_plain(client: aiohttp.ClientSession, root: Path, path: str) -> None:
    response, body = await fetch(client, path, accept_encoding="br, gzip")

    assert "Content-Encoding" not in response.headers
    assert body == (root / path[1:]).read_bytes()


async def test_when_nothing_is_acceptable_the_answer_is_406(client: aiohttp.ClientSession) -> None:
    response, body = await fetch(client, APP, accept_encoding="identity;q=0, *;q=0")

    assert (response.status, body) == (406, b"")


async def test_plain_excluded_means_coded_even_for_a_font(client: aiohttp.ClientSession, root: Path) -> None:
    response, body = await fetch(client, FONT, accept_encoding="gzip, identity;q=0")

    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == (root / FONT[1:]).read_bytes()


@pytest.mark.parametrize("coding", ["br", "identity"])
async def test_head_has_the_headers_of_get_and_no_body(client: aiohttp.ClientSession, coding: str) -> None:
    got, body = await fetch(client, APP, accept_encoding=coding)
    head, nothing = await fetch(client, APP, method="HEAD", accept_encoding=coding)

    assert nothing == b""
    assert head.headers["Content-Length"] == str(len(body))
    assert {k: v for k, v in head.headers.items() if k != "Date"} == {
        k: v for k, v in got.headers.items() if k != "Date"
    }


@pytest.mark.parametrize("coding", ["br", "identity"])
async def test_a_browser_that_has_it_gets_304(client: aiohttp.ClientSession, coding: str) -> None:
    first, _ = await fetch(client, APP, accept_encoding=coding)

    again, body = await fetch(client, APP, accept_encoding=coding, if_none_match=f'"x", {first.headers["ETag"]}')
    since, _ = await fetch(client, APP, accept_encoding=coding, if_modified_since=first.headers["Last-Modified"])

    assert (again.status, body, since.status) == (304, b"", 304)
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]
    assert "Content-Length" not in again.headers


async def test_the_tag_of_another_coding_is_not_304(client: aiohttp.ClientSession) -> None:
    coded, _ = await fetch(client, APP, accept_encoding="br")

    plain, body = await fetch(client, APP, if_none_match=coded.headers["ETag"])

    assert plain.status == 200
    assert body


async def test_a_range_is_of_the_plain_bytes_whatever_codings_are_accepted(
    client: aiohttp.ClientSession, script: bytes
) -> None:
    response, body = await fetch(client, APP, range="bytes=100-299999999", accept_encoding="br")

    assert response.status == 206
    assert body == script[100:]
    assert response.headers["Content-Range"] == f"bytes 100-{len(script) - 1}/{len(script)}"
    assert "Content-Encoding" not in response.headers


async def test_a_range_behind_the_end_is_416(client: aiohttp.ClientSession, script: bytes) -> None:
    response, body = await fetch(client, APP, range=f"bytes={len(script)}-")

    assert (response.status, body) == (416, b"")
    assert response.headers["Content-Range"] == f"bytes */{len(script)}"


@pytest.mark.parametrize(
    "headers",
    [
        {"range": "bytes=0-1,5-6"},
        {"range": "bytes=5-1"},
        {"range": "bytes=0-1", "if_range": '"another"'},
        {"range": "bytes=0-1", "method": "HEAD"},
    ],
)
async def test_a_range_that_does_not_count_gets_the_whole(
    client: aiohttp.ClientSession, script: bytes, headers: dict[str, str]
) -> None:
    response, _ = await fetch(client, APP, **headers)

    assert response.status == 200
    assert response.headers["Content-Length"] == str(len(script))


async def test_a_download_goes_on_with_if_range(client: aiohttp.ClientSession, script: bytes) -> None:
    first, _ = await fetch(client, APP)

    for mark in (first.headers["ETag"], first.headers["Last-Modified"]):
        response, body = await fetch(client, APP, range="bytes=-10", if_range=mark)
        assert (response.status, body) == (206, script[-10:])


async def test_a_range_with_plain_excluded_gets_the_whole_coded(client: aiohttp.ClientSession, script: bytes) -> None:
    response, body = await fetch(client, APP, range="bytes=0-1", accept_encoding="gzip, identity;q=0")

    assert response.status == 200
    assert gzip.decompress(body) == script


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_are_405(client: aiohttp.ClientSession, method: str) -> None:
    response, _ = await fetch(client, APP, method=method)

    assert response.status == 405
    assert response.headers["Allow"] == "GET, HEAD"


async def test_a_file_that_went_is_left_to_the_upstream(client: aiohttp.ClientSession, root: Path) -> None:
    (root / APP[1:]).unlink()
    (root / TINY[1:]).write_bytes(b"another Streamlit")

    for path in (APP, TINY):
        response, _ = await fetch(client, path, accept_encoding="br")
        assert response.status == 404


async def test_a_damaged_cache_file_is_never_served(
    client: aiohttp.ClientSession, assets: StaticAssets, cache_dir: Path, script: bytes
) -> None:
    assets.build()
    for file in cache_dir.glob("*/*.br"):
        file.write_bytes(file.read_bytes()[:-5])

    response, body = await fetch(client, APP, accept_encoding="br")

    assert response.status == 200
    assert decode("br", body) == script


async def test_a_cache_file_that_cannot_be_read_is_not_tried_again_and_again(
    client: aiohttp.ClientSession, cache_dir: Path, script: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache_dir / "streamlit-0" / "static%2Fjs%2Fapp.A1.js.br").mkdir()
    made: list[str] = []

    def counted(*arguments: Any, **options: Any) -> bytes | None:
        made.append(arguments[1])
        return compress(*arguments, **options)

    monkeypatch.setattr("fluxlit_gateway.assets.representations.compress", counted)

    bodies = [(await fetch(client, APP, accept_encoding="br"))[1] for _ in range(3)]

    assert {decode("br", body) for body in bodies} == {script}
    assert made == ["br"]


async def test_many_at_once_are_compressed_once(client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(*arguments: Any, **options: Any) -> bytes | None:
        made.append(arguments[1])
        return compress(*arguments, **options)

    monkeypatch.setattr("fluxlit_gateway.assets.representations.compress", counted)

    bodies = await asyncio.gather(*(fetch(client, APP, accept_encoding="br") for _ in range(20)))

    assert len({body for _, body in bodies}) == 1
    assert made == ["br"]


async def test_memory_keeps_to_its_bound(
    root: Path, serve: Callable[[Any], Awaitable[aiohttp.ClientSession]], script: bytes
) -> None:
    assets = StaticAssets(root, key="k", cache_dir=None, memory_bytes=len(script) + 10)

    async def gateway(scope: Any, _receive: Any, send: Any) -> None:
        asset = assets.match(scope["path"])
        assert asset is not None
        await assets.respond(asset, scope, send)

    client = await serve(gateway)
    for path in (APP, "/static/js/late.B2.js", FONT, TINY, APP):
        _, body = await fetch(client, path)
        assert body == (root / path[1:]).read_bytes()
        assert assets._representations._held_bytes <= len(script) + 10


async def test_the_plain_form_has_streamlits_own_headers(
    client: aiohttp.ClientSession, root: Path, serve: Callable[[Any], Awaitable[aiohttp.ClientSession]]
) -> None:
    from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

    native = await serve(create_streamlit_static_handler(str(root), None))

    for path in (APP, FONT, "/favicon.png"):
        theirs, their_body = await fetch(native, path)
        ours, our_body = await fetch(client, path)
        assert our_body == their_body
        for name in ("ETag", "Last-Modified", "Cache-Control", "Content-Length", "Accept-Ranges"):
            assert ours.headers[name] == theirs.headers[name], (path, name)
        kept, _ = await fetch(client, path, if_none_match=theirs.headers["ETag"])
        assert kept.status == 304, "what a browser cached from Streamlit stays valid"
