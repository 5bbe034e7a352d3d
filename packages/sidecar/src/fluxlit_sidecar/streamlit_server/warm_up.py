"""What is imported before a sidecar says that it is ready, so that no visitor waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
from typing import TYPE_CHECKING

from fluxlit_sidecar.errors import SidecarOptionError
from fluxlit_sidecar.streamlit_server.collection import without_collection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ("call_setup", "import_modules", "run_page_once", "what_pages_need_first")

_LOGGER = logging.getLogger("fluxlit.sidecar")
# Seconds that one page may take to warm; the whole start is bounded by the supervisor as well.
_PAGE_WITHIN = 20.0

# Streamlit imports these on the first visitor's first run.
_STREAMLIT_MODULES = (
    "streamlit.dataframe_util",
    "streamlit.elements.lib.column_config_utils",
    "streamlit.runtime.scriptrunner",
    "streamlit.runtime.scriptrunner.magic",
    "streamlit.runtime.app_session",
    "streamlit.runtime.forward_msg_queue",
    "streamlit.starlette",
)


def import_modules(names: Iterable[str]) -> None:
    """Import Streamlit's late modules and those of `names` that are installed."""
    with without_collection():
        for name in (*_STREAMLIT_MODULES, *names):
            with contextlib.suppress(ModuleNotFoundError):
                importlib.import_module(name)


# What Streamlit itself imports for the first table of a process, and most pages have one.
_NEEDED_FIRST = frozenset({"numpy", "pandas", "pyarrow"})


def what_pages_need_first(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Divide modules into those that the next page will want, and the rest."""
    ordered = tuple(names)
    first = tuple(name for name in ordered if name in _NEEDED_FIRST)
    return first, tuple(name for name in ordered if name not in first)


async def run_page_once(
    address: str, page: str, *, base_url_path: str, headers: Mapping[str, str] | None = None
) -> None:
    """Run one page in a session of its own; a page that fails or takes too long is logged and left to its visitors."""
    # Only here: a sidecar that warms no pages does without a client for WebSockets.
    import websockets  # noqa: PLC0415 - see above

    from fluxlit_sidecar.streamlit_server.headless_browser import HeadlessBrowser  # noqa: PLC0415 - see above

    try:
        async with asyncio.timeout(_PAGE_WITHIN):
            browser = await HeadlessBrowser.open(address, base_url_path=base_url_path, headers=headers)
            async with browser:
                await browser.run(page.strip("/"))
    except (TimeoutError, OSError, websockets.WebSocketException) as error:
        _LOGGER.warning("the page %r could not be warmed: %s", page, error or type(error).__name__)


def call_setup(target: str) -> None:
    """Call the hook ``module:function`` without arguments; an empty target is none.

    Raises:
        SidecarOptionError: The hook cannot be found. What the hook itself raises passes through.
    """
    if not target:
        return
    module_name, _, function_name = target.partition(":")
    if not function_name:
        raise SidecarOptionError(f"the setup hook {target!r} is not of the form 'module:function'")
    function = getattr(importlib.import_module(module_name), function_name, None)
    if not callable(function):
        raise SidecarOptionError(f"the setup hook {target!r} does not exist: {module_name!r} has no such function")
    function()
