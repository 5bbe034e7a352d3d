"""The real provider, real proxies, and the examples that log people in."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]


def loaded(path: str, name: str) -> ModuleType:
    """Helpers that live beside other tests."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def proxies() -> Any:
    """How the proxies' own tests start one."""
    return loaded("tests/proxies/conftest.py", "fluxlit_tests_proxies")


@pytest.fixture(scope="session")
def replicas() -> Any:
    """How the replicas' own tests start Redis."""
    return loaded("tests/replicas/conftest.py", "fluxlit_tests_replicas")


@pytest.fixture(scope="session")
def logins() -> Any:
    """A browser's part in a login, without a browser."""
    return loaded("packages/auth/tests/oidc/conftest.py", "fluxlit_tests_logins")


@pytest.fixture(scope="session")
def issuer(logins: Any) -> Iterator[str]:
    """npm's oidc-provider as a process of its own; it ends when its standard input closes."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    logins.install()
    with subprocess.Popen(
        [node, "server.js"], cwd=logins.FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith(b"{"))
        yield json.loads(line)["issuer"]
        process.stdin.close()
        process.wait(30)


@pytest.fixture
def register(issuer: str) -> Callable[..., dict[str, str]]:
    """Registers an application at an address; gives the environment of `examples/login`."""

    def registered(*bases: str) -> dict[str, str]:
        client = httpx.post(
            f"{issuer}/reg",
            json={
                "redirect_uris": [f"{base}/api/auth/callback" for base in bases],
                "post_logout_redirect_uris": [f"{base}/" for base in bases],
                "grant_types": ["authorization_code", "refresh_token"],
            },
            timeout=30,
            trust_env=False,
        ).json()
        return {
            "OIDC_ISSUER": issuer,
            "OIDC_CLIENT_ID": client["client_id"],
            "OIDC_CLIENT_SECRET": client["client_secret"],
            "NO_PROXY": "*",
        }

    return registered


@pytest.fixture
def fill_in_the_form() -> Callable[[Page, str], None]:
    """Logs a user in, in a browser that the provider's form is shown in."""

    def fill_in(page: Page, user: str) -> None:
        patience = 60_000
        page.locator("input[name=login]").fill(user, timeout=patience)
        page.locator("input[name=password]").fill("any")
        page.get_by_role("button").first.click()
        page.get_by_role("button", name="Continue").click(timeout=patience)  # what the application may know

    return fill_in
