from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit import config

from fluxlit_pages import errors
from fluxlit_pages.sidecar_setup import prepare, prepare_script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SERVING = Path(__file__).parent / "serving"


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PYTHONPATH": str(SERVING), "PATH": "", **environment},
    )


def test_registering_pages_does_not_import_streamlit() -> None:
    ended = python(
        "import sys; from page_application import Application\n"
        "app = Application(strict_page_signatures=True)\n"
        "app.page('/', icon='🏠')(lambda: None); app.page_registry.menu\n"
        "print([name for name in ('streamlit', 'pandas', 'fastapi') if name in sys.modules])"
    )
    assert (ended.stdout.strip(), ended.stderr) == ("[]", "")


def test_a_worker_loads_the_application_and_plans_its_pages(app: Any, show: Callable[..., Any]) -> None:
    app.page("/")(lambda: None)
    show(app)  # sets FLUXLIT_APP
    app.page_registry.plans.clear()
    app.page_registry.prepared = None
    prepare()
    assert len(app.page_registry.plans) == 1
    assert app.page_registry.prepared is not None


def test_a_worker_whose_application_is_missing_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    for target, error in (("no_such_module:app", errors.TargetModuleNotFoundError), ("", errors.TargetSyntaxError)):
        monkeypatch.setenv("FLUXLIT_APP", target)
        with pytest.raises(error):
            prepare()


@pytest.fixture
def error_details() -> Iterator[str]:
    """The option's name; its value comes back, and nobody has set it meanwhile."""
    name = "client.showErrorDetails"
    option = config.get_config_options(force_reparse=False)[name]
    before = dict(vars(option))
    option.where_defined = option.DEFAULT_DEFINITION
    yield name
    vars(option).update(before)


def test_production_hides_error_details_unless_the_user_says_otherwise(
    error_details: str, write_module: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLUXLIT_SCRIPT", str(write_module("script.py", "")))
    monkeypatch.setenv("FLUXLIT_PAGE_ERROR_DETAILS", "none")
    prepare_script()
    assert config.get_option(error_details) == "none"
    config.set_option(error_details, "type")
    prepare_script()
    assert config.get_option(error_details) == "type"
