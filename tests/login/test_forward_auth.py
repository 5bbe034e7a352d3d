"""`examples/forward_auth`: nginx logs users in; who connects past it, or has another address, can say what he likes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_testing.running_server import RunningServer

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "forward_auth"
# "ada" with the password "right", as `openssl passwd -apr1` writes it.
USERS = "ada:{PLAIN}right\n"


def test_s4_the_proxys_word_counts_and_nobody_elses(
    start_server: Callable[..., RunningServer], proxies: Any, tmp_path: Path
) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed here: scripts/install-system-packages.sh")
    server = start_server(cwd=EXAMPLE, env={"TRUSTED_PROXIES": "127.0.0.1"})
    (tmp_path / "users").write_text(USERS)
    with proxies.reserved_port() as front:
        replaced = {
            "/etc/nginx/users": str(tmp_path / "users"),
            "listen 80;": f"listen 127.0.0.1:{front};",
            "http://127.0.0.1:8000": server.base_url,
        }
        text = (EXAMPLE / "nginx.conf").read_text("utf-8")
        for old, new in replaced.items():
            assert old in text
            text = text.replace(old, new)
        site = tmp_path / "site.conf"
        site.write_text(text)
        with proxies.running(proxies.command_for("nginx", site, tmp_path), tmp_path, front):
            base = f"http://127.0.0.1:{front}"
            spoofed = {"X-Remote-User": "root", "X-Remote-Groups": "admin"}
            user = httpx.get(f"{base}/api/me", auth=("ada", "right"), headers=spoofed, trust_env=False).json()
            unknown = httpx.get(f"{base}/api/me", headers=spoofed, trust_env=False)
            authorization = httpx.BasicAuth("ada", "right")._auth_header
            with StreamlitSession(
                base.replace("http", "ws"), headers={"Authorization": authorization}, origin=base
            ) as tab:
                shown = tab.run().texts

        elsewhere = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(transport=elsewhere, base_url=server.base_url) as stranger:
            direct = stranger.get("/api/me", headers=spoofed)
            chained = stranger.get("/api/me", headers={**spoofed, "X-Forwarded-For": "127.0.0.1"})
            silent = stranger.get("/api/me")

    assert (user["id"], user["roles"]) == ("ada", ["staff"])
    assert unknown.status_code == 401
    assert shown == ["Hello ada"]
    assert (direct.status_code, chained.status_code, silent.status_code) == (403, 403, 401)
