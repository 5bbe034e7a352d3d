"""Every shape of every proxy: pages, WebSocket, uploads, deep links, redirects, cookies and the client's address."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import pytest

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2
    from conftest import Front, StartProxy

    from fluxlit_testing.running_server import RunningServer

    Visit = Callable[..., httpx2.Client]

PROGRAMS = ("nginx", "caddy", "haproxy")
SHAPES = ("root", "prefix-stripped", "prefix-forwarded", "tls")
MOUNT = "/apps/my-app"
# Where the client comes from: an address of this host that is not the proxy's.
BROWSER = "127.0.0.2"
HTML = {"accept": "text/html"}


@pytest.fixture(params=[(program, shape) for program in PROGRAMS for shape in SHAPES], ids="-".join)
def front(
    request: pytest.FixtureRequest,
    start_proxy: StartProxy,
    at_the_root: RunningServer,
    below_a_prefix: RunningServer,
) -> Front:
    program, shape = cast("tuple[str, str]", request.param)
    server = below_a_prefix if shape == "prefix-forwarded" else at_the_root
    return start_proxy(program, shape, server.base_url, mount=MOUNT if shape.startswith("prefix") else "")


def test_everything_that_a_browser_asks_for_passes(front: Front, visit: Visit, request: pytest.FixtureRequest) -> None:
    http = visit(front, address=BROWSER)
    look_at_the_page(front, http)
    look_at_the_api(front, http)
    look_at_a_tab_and_its_upload(front, http)
    server: RunningServer = request.getfixturevalue(
        "below_a_prefix" if "prefix-forwarded" in request.node.name else "at_the_root"
    )
    server.output.wait_for(rf"/api/items/ 200 .*{BROWSER}", timeout=30)


def look_at_the_page(front: Front, http: httpx2.Client) -> None:
    mount = urlsplit(front.base_url).path
    page = http.get("/", headers=HTML)
    script = re.search(r'src="\./(static/[^"]+\.js)"', page.text)

    assert page.status_code == 200
    assert script is not None
    assert http.get(f"/{script[1]}").headers["content-type"].startswith("text/javascript")
    assert ("strict-transport-security" in page.headers) is front.base_url.startswith("https")
    cookie = next(value for value in page.headers.get_list("set-cookie") if "fluxlit" in value)
    assert f"Path={mount or '/'};" in cookie
    assert ("Secure" in cookie) is front.base_url.startswith("https")
    if mount:
        without_slash = http.get(front.base_url)
        assert (without_slash.status_code, without_slash.headers["location"].endswith(f"{mount}/")) == (308, True)


def look_at_the_api(front: Front, http: httpx2.Client) -> None:
    base = front.base_url
    assert http.get("/api/readyz").json()["status"] == "ready"
    assert http.get("/api/items/").json() == {
        "client": BROWSER,
        "items": f"{base}/api/items/",
        "reports": f"{base}/reports",
        "docs": f"{base}/api/docs",
    }
    slash = http.get("/api/items")
    assert slash.status_code == 307
    assert slash.headers["location"] == f"{base}/api/items/"
    # Relative to the host, as the gateway answers it.
    assert http.get("/docs").headers["location"] == f"{urlsplit(base).path}/api/docs"
    assert f'"{urlsplit(base).path}/api/openapi.json"' in http.get("/api/docs").text.replace("'", '"')


def look_at_a_tab_and_its_upload(front: Front, http: httpx2.Client) -> None:
    assert http.get("/reports?year=2026", headers=HTML).status_code == 200
    http.get("/_stcore/health")
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in http.cookies.items())}
    with StreamlitSession(front.ws_url, headers=headers) as tab:
        assert "Home" in tab.run().texts
        path = tab.upload_path("notes.bin").removeprefix(urlsplit(front.base_url).path)
        token = {"X-Xsrftoken": http.cookies.get("_streamlit_xsrf") or ""}
        # More than what nginx lets through unless told otherwise.
        assert http.put(path, files={"f": ("notes.bin", b"0" * 2 * 1024 * 1024)}, headers=token).status_code == 204
    with StreamlitSession(front.ws_url, headers=headers) as deep_link:
        assert "for 2026" in deep_link.run(page="reports", query="year=2026").texts


def test_what_a_client_says_about_itself_is_not_believed(front: Front, visit: Visit) -> None:
    lies = {
        "x-forwarded-for": "203.0.113.9",
        "x-forwarded-host": "evil.example",
        "x-forwarded-prefix": "/evil",
        "x-forwarded-proto": "ftp",
        "forwarded": "for=203.0.113.9;host=evil.example;proto=ftp",
    }
    answer = visit(front, address=BROWSER).get("/api/items/", headers=lies).json()

    assert answer["client"] == BROWSER
    assert answer["items"] == f"{front.base_url}/api/items/"
    assert answer["reports"] == f"{front.base_url}/reports"


@pytest.mark.parametrize("program", PROGRAMS)
def test_browsers_get_http_2_over_tls(start_proxy: StartProxy, at_the_root: RunningServer, program: str) -> None:
    front = start_proxy(program, "tls", at_the_root.base_url)
    command = ["curl", "--silent", "--noproxy", "*", "--cacert", str(front.authority), "--output", "/dev/null"]
    shown = subprocess.run(
        [*command, "--write-out", "%{http_version} %{http_code}", f"{front.base_url}/api/healthz"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert shown.stdout == "2 200", shown.stderr
