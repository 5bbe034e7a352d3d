"""The plugin in runs of its own: fixtures by the ini option, failures that say enough, and no cost when idle."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

APP = """
from fluxlit import FluxLit

portal = FluxLit(title="Portal")

@portal.api.get("/users")
def users() -> list[str]:
    print("somebody asked for users", flush=True)
    return ["Ada"]

@portal.page("/")
def home(st, client):
    st.title(", ".join(client.get("/users").json()))
"""

TESTS = """
import pytest

def test_page(fluxlit_page):
    assert fluxlit_page("/").title[0].value == "Ada"

async def test_page_in_an_asynchronous_test(fluxlit_page):
    assert fluxlit_page("/").title[0].value == "Ada"

def test_contract(fluxlit_client):
    fluxlit_client.assert_openapi_matches("contract.json")

def test_server(fluxlit_server):
    import httpx2
    httpx2.get(fluxlit_server.base_url + "/api/users", trust_env=False)
    assert False, "look at the server"

def test_no_browser(fluxlit_browser_page):
    pass

async def test_browser_in_an_asynchronous_test(fluxlit_browser_page):
    pass

class TestOwnApplication:
    @pytest.fixture
    def fluxlit_app(self):
        from fluxlit import FluxLit
        app = FluxLit()
        app.page("/")(lambda st: st.title("mine"))
        return app

    def test_it(self, fluxlit_page):
        assert fluxlit_page("/").title[0].value == "mine"
"""


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with an application and its suite."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "portal_app.py").write_text(APP)
    (folder / "test_portal.py").write_text(TESTS)
    (folder / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n\n"
        "@pytest.fixture(autouse=True)\ndef no_browser(monkeypatch, request):\n"
        "    if 'fluxlit_browser_page' in request.fixturenames:\n"
        "        monkeypatch.setenv('PATH', '')\n"
        "        monkeypatch.delenv('FLUXLIT_TEST_CHROMIUM', raising=False)\n"
    )
    (folder / "pytest.ini").write_text("[pytest]\nfluxlit_app = portal_app:portal\nanyio_mode = auto\n")
    return folder


@pytest.mark.timeout(300)
def test_a_suite_uses_the_application_of_its_ini_file(project: Path, tmp_path: Path) -> None:
    # Started from elsewhere: the application is found beside the ini file.
    run = pytest_in(tmp_path, "project", "-rA", "--update-openapi")

    for passed in ("test_page", "test_page_in_an_asynchronous_test", "test_contract", "TestOwnApplication::test_it"):
        assert f"PASSED project/test_portal.py::{passed}\n" in run.stdout, run.stdout
    assert (project / "contract.json").is_file()
    assert "SKIPPED" in run.stdout
    assert "no browser: none of chromium" in run.stdout
    assert "fluxlit_browser_page is for plain tests" in run.stdout
    failure = run.stdout.partition("look at the server")[2]
    assert "fluxlit_server, last" in failure
    assert "somebody asked for users" in failure


def test_a_missing_application_is_told_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text("def test_it(fluxlit_app):\n    pass\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")

    run = pytest_in(tmp_path)

    assert "the fixture fluxlit_app cannot load 'app:app'" in run.stdout
    assert "ini option `fluxlit_app`" in run.stdout


def test_a_run_that_does_not_use_it_imports_nothing_for_it(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_modules.py").write_text(
        "import sys\n"
        "def test_it():\n"
        "    roots = {name.partition('.')[0] for name in sys.modules}\n"
        "    assert not roots & {'streamlit', 'fastapi', 'starlette', 'pydantic', 'httpx2', 'fluxlit', 'playwright'}\n"
        "    ours = sorted(name for name in sys.modules if name.startswith('fluxlit'))\n"
        "    assert ours == ['fluxlit_testing', 'fluxlit_testing.openapi_contract', 'fluxlit_testing.plugin',\n"
        "                    'fluxlit_testing.plugin.fixtures', 'fluxlit_testing.plugin.reporting']\n"
    )

    run = pytest_in(tmp_path)

    assert run.returncode == 0, run.stdout
