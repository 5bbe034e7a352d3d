"""The pytest plugin; installing this package loads it.

It costs a run that does not use it next to nothing: no module of FluxLit, Streamlit or FastAPI is imported before a
fixture is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fluxlit_testing.plugin.fixtures import (
    fluxlit_app,
    fluxlit_browser_page,
    fluxlit_client,
    fluxlit_page,
    fluxlit_server,
    fluxlit_server_environment,
    fluxlit_start_server,
    fluxlit_target,
)
from fluxlit_testing.plugin.reporting import FAILED, add_server_output

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = (
    "fluxlit_app",
    "fluxlit_browser_page",
    "fluxlit_client",
    "fluxlit_page",
    "fluxlit_server",
    "fluxlit_server_environment",
    "fluxlit_start_server",
    "fluxlit_target",
    "pytest_addoption",
    "pytest_configure",
    "pytest_runtest_makereport",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the ini option and the command-line option."""
    parser.addini(
        "fluxlit_app",
        "the application under test, module:attribute, found from the ini file's folder",
        default="app:app",
    )
    parser.getgroup("fluxlit").addoption(
        "--update-openapi",
        action="store_true",
        default=False,
        help="write the files that client.assert_openapi_matches(...) compares with",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Tell the contract helper where files are, and whether to write them."""
    from fluxlit_testing.openapi_contract import ContractFiles  # noqa: PLC0415 - only the standard library behind it

    ContractFiles.folder = config.rootpath
    ContractFiles.update = bool(config.getoption("--update-openapi"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the server's last words to the report of a failed test."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
        add_server_output(item, report)
    return report
