"""`fluxlit doctor --url` in front of configurations that are broken on purpose, one line each."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from fluxlit_cli.deployment import probe_deployment

if TYPE_CHECKING:
    from conftest import StartProxy

    from fluxlit_testing.running_server import RunningServer

MOUNT = "/apps/my-app"
UPGRADE = "proxy_set_header Upgrade $http_upgrade;\n        proxy_set_header Connection $connection_upgrade;"
HOST = "proxy_set_header Host $http_host;\n"
FORWARDED_HOST = "proxy_set_header X-Forwarded-Host $http_host;\n"
SLASH = "location = /apps/my-app {\n        return 308 $scheme://$http_host/apps/my-app/$is_args$args;\n    }"


@dataclass(frozen=True)
class Broken:
    """An example with something wrong, the check that finds it, and words of what it says."""

    shape: str
    finding: str
    words: tuple[str, ...]
    changes: dict[str, str] = field(default_factory=dict[str, str])
    server: str = "at_the_root"
    status: str = "FAIL"


BROKEN = {
    "no upgrade": Broken("root", "websocket", ("Upgrade and Connection",), {UPGRADE: ""}),
    "another host": Broken(
        "root",
        "websocket",
        ("403", "pass Host"),
        {HOST: "proxy_set_header Host inside.example;\n", FORWARDED_HOST: ""},
    ),
    "the scheme is lost": Broken(
        "tls", "cookies", ("not Secure", "X-Forwarded-Proto"), {"X-Forwarded-Proto $scheme": "X-Forwarded-Proto http"}
    ),
    "small uploads": Broken(
        "root",
        "upload",
        ("nginx refuses 2 MiB", "client_max_body_size"),
        {"client_max_body_size 200m": "client_max_body_size 1m"},
    ),
    "a prefix is stripped and not told": Broken(
        "prefix-stripped",
        "forwarded_prefix",
        ("not /apps/my-app/api/docs", "FLUXLIT_ROOT_PATH=/apps/my-app"),
        {"X-Forwarded-Prefix /apps/my-app": 'X-Forwarded-Prefix ""'},
    ),
    "only the API is routed": Broken(
        "root", "page", ("nginx answers 200 itself", "not the API alone"), {"location / {": "location /api/ {"}
    ),
    "static files are taken from nginx's own folder": Broken(
        "root",
        "scripts",
        ("404", "/static/ to FluxLit"),
        {"location / {": "location /static/ { root /nowhere; }\n    location / {"},
    ),
    "the proxy is not trusted": Broken(
        "tls", "cookies", ("not Secure", "FLUXLIT_FORWARDED_ALLOW_IPS"), server="trusting_another"
    ),
    "no redirect to the slash": Broken(
        "prefix-forwarded",
        "trailing_slash",
        ("/apps/my-app is answered with", "redirect /apps/my-app to /apps/my-app/"),
        {SLASH: "location = /apps/my-app { return 404; }"},
        server="below_a_prefix",
    ),
    "cookies are hidden": Broken(
        "root",
        "cookies",
        ("no cookie of FluxLit", "Set-Cookie"),
        {"proxy_buffering off;": "proxy_buffering off; proxy_hide_header Set-Cookie;"},
        status="WARN",
    ),
    "compression is switched off": Broken(
        "root",
        "compression",
        ("uncompressed", "Accept-Encoding"),
        {"proxy_buffering off;": 'proxy_buffering off; proxy_set_header Accept-Encoding "";'},
        status="WARN",
    ),
    "another prefix than FluxLit's": Broken(
        "prefix-forwarded",
        "http",
        ("FluxLit answers 200 for /api/healthz", "root_path"),
        {"proxy_pass http://fluxlit;": "proxy_pass http://fluxlit/other/;"},
        server="below_a_prefix",
    ),
}


def findings(url: str) -> dict[str, tuple[str, str]]:
    return {each.name: (each.status.value, f"{each.detail} | {each.remedy}") for each in probe_deployment(url)}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_wrong_is_found(
    start_proxy: StartProxy, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, broken: Broken
) -> None:
    server: RunningServer = request.getfixturevalue(broken.server)
    mount = MOUNT if broken.shape.startswith("prefix") else ""
    front = start_proxy("nginx", broken.shape, server.base_url, mount=mount, changes=broken.changes)
    monkeypatch.setenv("SSL_CERT_FILE", str(front.authority))

    found = findings(front.base_url)

    assert broken.finding in found, found
    status, said = found[broken.finding]
    assert status == broken.status, found
    assert [words for words in broken.words if words not in said] == [], said


def test_a_proxy_that_forwards_to_nobody(start_proxy: StartProxy) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    status, said = findings(start_proxy("nginx", "root", nobody).base_url)["http"]

    assert status == "FAIL"
    assert "nginx answers 502: it does not reach FluxLit" in said


def test_a_certificate_that_browsers_do_not_trust(start_proxy: StartProxy, at_the_root: RunningServer) -> None:
    status, said = findings(start_proxy("nginx", "tls", at_the_root.base_url).base_url)["reach"]

    assert status == "FAIL"
    assert "correct its certificate" in said


@pytest.mark.parametrize("shape", ["root", "prefix-stripped", "prefix-forwarded", "tls"])
def test_the_examples_themselves_have_no_fault(
    start_proxy: StartProxy, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    server: RunningServer = request.getfixturevalue("below_a_prefix" if shape == "prefix-forwarded" else "at_the_root")
    front = start_proxy("nginx", shape, server.base_url, mount=MOUNT if shape.startswith("prefix") else "")
    monkeypatch.setenv("SSL_CERT_FILE", str(front.authority))

    found = findings(front.base_url)

    assert {name: finding for name, finding in found.items() if finding[0] != "PASS"} == {}
    assert {"page", "compression", "websocket"} <= found.keys()
