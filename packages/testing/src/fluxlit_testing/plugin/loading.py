"""The application under test, from its `module:attribute`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from fluxlit_pages.errors import TargetError
from fluxlit_pages.target import load_page_app, split_target

if TYPE_CHECKING:
    from pathlib import Path

    from fluxlit_testing.application import AppUnderTest

__all__ = ("load_app",)


def load_app(target: str, *, folder: Path) -> AppUnderTest:
    """Import the application; a module beside the ini file is found there, wherever pytest was started.

    Raises:
        pytest.UsageError: There is none.
    """
    try:
        module, attribute = split_target(target)
        beside = folder / (module if module.endswith(".py") else f"{module}.py")
        found = f"{beside}:{attribute}" if beside.is_file() else target
        return cast("AppUnderTest", load_page_app(found))
    except TargetError as error:
        raise pytest.UsageError(
            f"the fixture fluxlit_app cannot load {target!r}: {error} Name the application in the ini option "
            '`fluxlit_app`, as in fluxlit_app = "app:app", or define the fixture fluxlit_app in a conftest.py.'
        ) from error
