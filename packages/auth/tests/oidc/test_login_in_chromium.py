"""A person logs in: Streamlit's real page, the real provider's form, in Debian's Chromium."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import LogInElsewhere, Provider

pytestmark = pytest.mark.browser

SERVER = Path(__file__).with_name("portal_server.py")
SECONDS = 60_000  # of patience on a loaded machine


@pytest.fixture
def portal(provider: Provider) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        base = json.loads(process.stdout.readline())["base"]
        registration = {"redirect_uris": [f"{base}/api/auth/callback"]}
        client = httpx.post(f"{provider.issuer}/reg", json=registration, timeout=30).json()
        identity = {"issuer": provider.issuer, **{name: client[name] for name in ("client_id", "client_secret")}}
        process.stdin.write(json.dumps(identity) + "\n")
        process.stdin.flush()
        yield base
        process.stdin.close()
        process.wait(60)


@pytest.fixture
def chromium() -> Iterator[Chromium]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    arguments = (quiet + "--disable-component-update --disable-sync").split()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=arguments)
        yield running
        running.close()


def fill_in_the_form(page: Page, user: str) -> None:
    page.locator("input[name=login]").fill(user, timeout=SECONDS)
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button").first.click()
    page.get_by_role("button", name="Continue").click(timeout=SECONDS)  # what the portal may know


def test_a_person_logs_in(portal: str, chromium: Chromium) -> None:
    page = chromium.new_context().new_page()
    page.goto(portal)
    expect(page.get_by_role("heading", name="Hello stranger")).to_be_visible(timeout=SECONDS)

    page.get_by_role("link", name="Log in").click()
    fill_in_the_form(page, "ada")

    expect(page.get_by_role("heading", name="Hello ada")).to_be_visible(timeout=SECONDS)
    assert "auth_code" not in page.url


@pytest.fixture
def planted_link(portal: str, log_in_elsewhere: LogInElsewhere) -> str:
    """The attacker's link: the code in it is good, and not spent yet."""
    return log_in_elsewhere(f"{portal}/api/auth/login", "mallory")


def test_s6_a_planted_code_logs_nobody_in(planted_link: str, chromium: Chromium) -> None:
    victim = chromium.new_context().new_page()
    victim.goto(planted_link)

    expect(victim.get_by_role("heading", name="Hello stranger")).to_be_visible(timeout=SECONDS)
    assert "auth_code" not in victim.url
