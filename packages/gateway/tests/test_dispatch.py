from __future__ import annotations

from typing import Any

import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route

from fluxlit_gateway import (
    GatewayOptions,
    normalize_api_mount_path,
    normalize_root_mount,
    split_gateway_paths,
)
from fluxlit_gateway.routing.paths import has_unsafe_segments


@pytest.mark.parametrize(
    ("given", "expected"),
    [("", "/api"), ("api", "/api"), ("/api/", "/api"), ("  /x ", "/x"), ("a/b/", "/a/b"), ("/", "/"), ("///", "/")],
)
def test_an_api_prefix_is_normalised(given: str, expected: str) -> None:
    assert normalize_api_mount_path(given) == expected


@pytest.mark.parametrize(("given", "expected"), [("", ""), ("api", "/api"), ("/api/", "/api"), ("///", "")])
def test_a_public_mount_is_normalised(given: str, expected: str) -> None:
    assert normalize_root_mount(given) == expected


@pytest.mark.parametrize(
    ("path", "mount", "expected"),
    [
        ("/x", "", ("/x", "/x")),
        ("/a/api/x", "/a", ("/api/x", "/a/api/x")),
        ("/a", "/a", ("/", "/a")),
        ("/a/", "/a", ("/", "/a/")),
        ("/ab", "/a", ("/ab", "/a/ab")),
        ("/api/x", "/a", ("/api/x", "/a/api/x")),
        ("x", "/a", ("/x", "/a/x")),
        ("/a/a/x", "/a", ("/a/x", "/a/a/x")),
    ],
)
def test_a_path_is_split_at_the_mount(path: str, mount: str, expected: tuple[str, str]) -> None:
    assert split_gateway_paths(path, mount) == expected


@given(st.text("/a.%bé", max_size=12), st.sampled_from(["", "/a", "/a/b"]))
def test_the_mount_is_removed_at_most_once_and_never_added_twice(path: str, mount: str) -> None:
    dispatch, full = split_gateway_paths("/" + path, mount)
    assert full in {mount + dispatch, "/" + path}
    assert split_gateway_paths(full, mount)[1] == full


@given(st.text("/.\\a", max_size=10))
def test_no_path_that_is_let_in_leaves_its_place_when_resolved(path: str) -> None:
    if has_unsafe_segments("/" + path):
        return
    segments = ("/" + path).replace("\\", "/").split("/")
    assert not {".", ".."} & set(segments)
    assert not ("/" + path).replace("\\", "/").startswith("//")


def test_the_root_cannot_be_the_api_prefix() -> None:
    with pytest.raises(ValueError, match="no path for the UI"):
        GatewayOptions(api_prefix="/")


async def test_what_is_below_the_prefix_goes_to_the_api_and_the_rest_to_the_ui(servers: Any, connect: Any) -> None:
    gateway = await servers.gateway(
        await servers(PlainTextResponse("ui"), lifespan="off"), api=PlainTextResponse("api"), lifespan="off"
    )
    api = ["/api", "/api/", "/api/users", "/api%2Fusers", "/%61pi/users"]
    for path in [*api, "/apix", "/API/users", "/", "/x/api"]:
        client = await connect(gateway)
        await client.send(f"GET {path} HTTP/1.1", "host: here", "connection: close")
        assert (await client.rest()).endswith(b"api" if path in api else b"ui"), path


RAW_PATHS = [
    "/a%2Fb%3Fc=1",
    "/100%25",
    "/%E6%97%A5",
    "/%00",
    "/%0a",
    "/a%20b",
    "/a;b=c",
    "/a+b",
    "/~x'(y)!*",
    "/a//b",
    "/%ff",
    "/@:/",
]


@pytest.mark.parametrize("unix", [False, True])
async def test_h5_h6_percent_encoded_paths_reach_both_applications_byte_for_byte(
    servers: Any, connect: Any, report_app: Any, *, unix: bool
) -> None:
    gateway = await servers.gateway(await servers(report_app, unix=unix))
    for target in [prefix + path for prefix in ("", "/api") for path in RAW_PATHS]:
        client = await connect(gateway)
        await client.send(f"GET {target}?z=%2F&y=+ HTTP/1.1", "host: here", "connection: close")
        seen = httpx.Response(200, content=(await client.rest()).partition(b"\r\n\r\n")[2]).json()
        assert seen["raw_path"] == target
        assert seen["query"] == "z=%2F&y=+"


async def test_h5_a_get_with_a_body_is_delivered_with_it(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app))
    async with httpx.AsyncClient(trust_env=False) as client:
        for path in ("/x", "/api/x"):
            seen = (await client.request("GET", gateway.base + path, content=b"hello")).json()
            assert seen["length"] == 5


async def test_dot_segments_and_double_slashes_are_refused(servers: Any, connect: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app), options={"root_mount": "/m"})
    dots = ["/a/../b", "/..", "/./a", "/a/%2e%2e/b", "/..%2Fetc", "/a/..%5C..%5Cb"]
    hosts = ["//evil.example/x", "/%5Cevil", "/m//evil.example/x", "/m/%5Cevil", "/%2Fevil.example"]
    for target in [*hosts, *(prefix + path for prefix in ("", "/m", "/api", "/m/api") for path in dots)]:
        client = await connect(gateway)
        await client.send(f"GET {target} HTTP/1.1", "host: here", "connection: close")
        assert (await client.head()).startswith("HTTP/1.1 400 "), target


@pytest.mark.parametrize("mount", ["/m", "/one/two"])
@pytest.mark.parametrize("is_stripped", [True, False])
async def test_proxies_that_strip_the_mount_and_those_that_keep_it_lead_to_the_same_place(
    servers: Any, mount: str, report_app: Any, *, is_stripped: bool
) -> None:
    gateway = await servers.gateway(await servers(report_app), options={"root_mount": mount + "/"})
    base = gateway.base if is_stripped else gateway.base + mount
    async with httpx.AsyncClient(trust_env=False) as client:
        api = (await client.get(base + "/api/users%2Fx")).json()
        ui = (await client.get(base + "/page%2Fx")).json()
        bare = (await client.get(base + "/")).json()
    assert (api["path"], api["root_path"]) == (f"{mount}/api/users/x", f"{mount}/api")
    assert api["raw_path"] == f"{mount}/api/users%2Fx"
    assert ui["raw_path"] == f"{mount}/page%2Fx"
    assert bare["path"] == f"{mount}/"
    assert ["x-forwarded-prefix", mount] in ui["headers"]


async def test_the_mount_of_the_server_comes_before_the_configured_one(servers: Any, report_app: Any) -> None:
    gateway = await servers.gateway(await servers(report_app), root_path="/outer")
    async with httpx.AsyncClient(trust_env=False) as client:
        api = (await client.get(gateway.base + "/api/x")).json()
        ui = (await client.get(gateway.base + "/x")).json()
    assert (api["path"], api["root_path"]) == ("/outer/api/x", "/outer/api")
    # The UI is served where it was configured to be, and is told how browsers see it.
    assert ui["path"] == "/x"
    assert ["x-forwarded-prefix", "/outer"] in ui["headers"]


@pytest.mark.parametrize(
    ("path", "arrives"), [("/outer", "/"), ("/outer/", "/"), ("/outer/a%2Fb", "/a%2Fb"), ("/a", "/a")]
)
async def test_a_mount_that_only_the_server_knows_is_not_in_what_the_ui_is_asked_for(
    servers: Any, report_app: Any, path: str, arrives: str
) -> None:
    app = servers.build(await servers(report_app))

    async def told_by_a_proxy(scope: Any, receive: Any, send: Any) -> None:
        # Not uvicorn's own root_path, which it puts before every path.
        await app({**scope, "root_path": "/outer"}, receive, send)

    gateway = await servers(told_by_a_proxy)
    async with httpx.AsyncClient(trust_env=False) as client:
        ui = (await client.get(gateway.base + path)).json()
    assert ui["raw_path"] == arrives


def sub_application_api() -> Starlette:
    async def user(request: Any) -> JSONResponse:
        return JSONResponse({"self": str(request.url_for("user")), "path": request.url.path})

    async def inner(request: Any) -> JSONResponse:
        return JSONResponse({"root_path": request.scope["root_path"]})

    async def users(request: Any) -> PlainTextResponse:
        return PlainTextResponse(str(request.url_for("users")))

    return Starlette(
        routes=[
            Route("/user", user, name="user"),
            Route("/users/", users, name="users"),
            Mount("/sub", app=Starlette(routes=[Route("/inner", inner)])),
        ]
    )


async def test_a1_sub_applications_of_the_api_are_found(servers: Any, tmp_path: Any) -> None:
    from starlette.staticfiles import StaticFiles

    (tmp_path / "file.txt").write_text("static", encoding="utf-8")
    api = sub_application_api()
    api.mount("/files", StaticFiles(directory=tmp_path))
    for mount in ("", "/m"):
        gateway = await servers.gateway(api=api, options={"root_mount": mount})
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{gateway.base}{mount}/api/files/file.txt")).text == "static"
            assert (await client.get(f"{gateway.base}{mount}/api/sub/inner")).json() == {
                "root_path": f"{mount}/api/sub"
            }
            assert (await client.get(f"{gateway.base}{mount}/api/api/user")).status_code == 404


async def test_a2_a_slash_redirect_keeps_the_prefix(servers: Any) -> None:
    for mount in ("", "/m"):
        gateway = await servers.gateway(api=sub_application_api(), options={"root_mount": mount})
        async with httpx.AsyncClient(trust_env=False) as client:
            response = await client.get(f"{gateway.base}{mount}/api/users")
        assert response.headers["location"] == f"{gateway.base}{mount}/api/users/"


async def test_a3_addresses_that_the_api_makes_of_itself_have_mount_and_prefix(servers: Any) -> None:
    from fastapi import FastAPI

    api = FastAPI()

    @api.get("/items")
    async def items() -> None: ...

    gateway = await servers.gateway(api=api, options={"root_mount": "/m"})
    async with httpx.AsyncClient(trust_env=False) as client:
        document = (await client.get(f"{gateway.base}/m/api/openapi.json")).json()
        assert document["servers"] == [{"url": "/m/api"}]
        docs = await client.get(f"{gateway.base}/api/docs")
        assert "/m/api/openapi.json" in docs.text
        user = await servers.gateway(api=sub_application_api(), options={"root_mount": "/m"})
        made = (await client.get(f"{user.base}/m/api/user")).json()
    assert made == {"self": f"{user.base}/m/api/user", "path": "/m/api/user"}


async def test_documentation_is_looked_for_at_the_root_and_found_below_the_prefix(servers: Any) -> None:
    gateway = await servers.gateway(options={"root_mount": "/m", "api_prefix": "/v1"})
    async with httpx.AsyncClient(trust_env=False) as client:
        for path in ("/docs", "/docs/", "/redoc", "/redoc/", "/openapi.json"):
            for method in ("GET", "HEAD"):
                response = await client.request(method, gateway.base + path)
                assert response.status_code == 307
                assert response.headers["location"] == "/m/v1" + path.rstrip("/")
                assert response.content == b""
