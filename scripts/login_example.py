"""A real OpenID provider for `examples/login`: npm's oidc-provider, as the tests of `packages/auth` run it."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2 as httpx

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ("provider_for",)

AUTH = Path(__file__).resolve().parents[1] / "packages" / "auth"


@contextlib.contextmanager
def provider_for(base_url: str) -> Generator[dict[str, str] | None]:
    """Run a provider at which the application at `base_url` is registered.

    Yields:
        The environment of `examples/login`; `None` where Node.js or the provider is not there.
    """
    node = shutil.which("node")
    installer = AUTH / "scripts" / "install-oidc-provider.sh"
    if node is None or subprocess.run([installer], capture_output=True, timeout=180, check=False).returncode:
        yield None
        return
    folder = AUTH / "tests" / "oidc_provider"
    with subprocess.Popen(
        [node, "server.js"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the provider has no pipes")
        try:
            line = next(line for line in process.stdout if line.startswith(b"{"))
            yield _registered(json.loads(line)["issuer"], base_url)
        finally:
            process.stdin.close()  # it ends with its input
            process.wait(30)


def _registered(issuer: str, base_url: str) -> dict[str, str]:
    answer = httpx.post(
        f"{issuer}/reg",
        json={
            "redirect_uris": [f"{base_url}/api/auth/callback"],
            "post_logout_redirect_uris": [f"{base_url}/"],
            "grant_types": ["authorization_code", "refresh_token"],
        },
        timeout=30,
        trust_env=False,
    ).raise_for_status()
    client = answer.json()
    return {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": client["client_id"],
        "OIDC_CLIENT_SECRET": client["client_secret"],
        "FLUXLIT_SESSION_STORE": "sqlite:///logins.db",
    }
