"""A person logs in to `examples/login` through the provider's form, and out again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_testing.running_server import RunningServer

pytestmark = pytest.mark.browser
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "login"
SECONDS = 60_000  # of patience on a loaded machine


def test_login_leads_back_to_the_deep_link_and_logout_to_the_form(
    start_server: Callable[..., RunningServer],
    register: Callable[..., dict[str, str]],
    proxies: Any,
    browser_page: Page,
    fill_in_the_form: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    with proxies.reserved_port() as port:
        base = f"http://127.0.0.1:{port}"
        env = {**register(base), "FLUXLIT_SESSION_STORE": f"sqlite:///{tmp_path}/logins.db"}
        start_server(cwd=EXAMPLE, arguments=("--port", str(port)), env=env)
        browser_page.goto(f"{base}/admin?tab=2")
        fill_in_the_form(browser_page, "root")

        expect(browser_page.get_by_role("heading", name="All orders")).to_be_visible(timeout=SECONDS)
        expect(browser_page.get_by_text("tab 2")).to_be_visible()
        assert browser_page.url == f"{base}/admin?tab=2"
        assert [cookie.get("name") for cookie in browser_page.context.cookies() if not cookie.get("httpOnly")] == [
            "_streamlit_xsrf"
        ]

        browser_page.get_by_role("link", name="My orders").click()
        expect(browser_page.get_by_text("a server")).to_be_visible(timeout=SECONDS)
        browser_page.get_by_role("link", name="Log out").click()
        browser_page.get_by_role("button", name="Yes, sign me out").click(timeout=SECONDS)
        expect(browser_page.locator("input[name=login]")).to_be_visible(timeout=SECONDS)


def test_login_under_a_subpath_behind_nginx(
    start_server: Callable[..., RunningServer],
    register: Callable[..., dict[str, str]],
    proxies: Any,
    browser_page: Page,
    fill_in_the_form: Callable[[Page, str], None],
    tmp_path: Path,
) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed here: scripts/install-system-packages.sh")
    with proxies.reserved_port() as port, proxies.reserved_port() as front:
        base = f"http://127.0.0.1:{front}/apps/my-app"
        trusting = {"FLUXLIT_TRUST_PROXY": "1", "FLUXLIT_FORWARDED_ALLOW_IPS": "127.0.0.1"}
        env = {**register(base), **trusting, "FLUXLIT_SESSION_STORE": f"sqlite:///{tmp_path}/logins.db"}
        start_server(cwd=EXAMPLE, arguments=("--port", str(port)), env=env)
        text = (proxies.EXAMPLES / "nginx" / "prefix-stripped.conf").read_text("utf-8")
        site = tmp_path / "site.conf"
        site.write_text(
            text.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("listen 80;", f"listen 127.0.0.1:{front};")
        )
        with proxies.running(proxies.command_for("nginx", site, tmp_path), tmp_path, front):
            browser_page.goto(f"{base}/")
            fill_in_the_form(browser_page, "ada")

            expect(browser_page.get_by_role("heading", name="Orders of ada")).to_be_visible(timeout=SECONDS)
            expect(browser_page.get_by_text("tea, milk")).to_be_visible()
            assert re.fullmatch(re.escape(base) + "/", browser_page.url)
            paths = {
                cookie.get("path")
                for cookie in browser_page.context.cookies()
                if "fluxlit_login_" in cookie.get("name", "")
            }
            assert paths == {"/apps/my-app"}
