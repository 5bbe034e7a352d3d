"""Running coroutines from the thread of a page run, which has no running event loop of its own.

One loop serves all coroutines of one run (so that a dependency's connection may be used by the page), made when the
first one comes and closed with the run. Where a loop is already running in the thread (a page called from an
asynchronous test), they run on a thread beside it.
"""

from __future__ import annotations

import asyncio
import contextvars
import importlib
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from fluxlit_pages.errors import PageSignatureError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fluxlit_pages.page_owner import PageOwner

__all__ = ("COROUTINE_SECONDS", "CoroutineRunner", "require_async_allowed")

T = TypeVar("T")

COROUTINE_SECONDS = 300.0
"""How long the thread beside a running loop may take for one coroutine; the loop stands still meanwhile."""


class CoroutineRunner:
    """Runs coroutines one after the other until it is closed."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._beside: ThreadPoolExecutor | None = None

    def run(self, awaitable: Awaitable[T]) -> T:
        """Wait for a coroutine's result.

        Raises:
            TimeoutError: Only beside a running loop, after 300 seconds.
        """
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            if _loop_is_running():
                self._beside = ThreadPoolExecutor(1, "fluxlit-page", initializer=_script_context_carrier())
        return self._call(self._loop.run_until_complete, _as_coroutine(awaitable))

    def close(self) -> None:
        """End what the run left behind: tasks are cancelled, asynchronous generators closed."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        try:
            self._call(_cancel_all, loop)
            self._call(loop.run_until_complete, loop.shutdown_asyncgens())
            self._call(loop.run_until_complete, loop.shutdown_default_executor())
        finally:
            if self._beside is not None:
                self._beside.shutdown(wait=False)
            loop.close()

    def _call(self, step: Callable[[Any], T], argument: Any) -> T:
        if self._beside is None:
            return step(argument)
        context = contextvars.copy_context()
        return self._beside.submit(context.run, step, argument).result(COROUTINE_SECONDS)


def require_async_allowed(owner: PageOwner, fn: object) -> None:
    """Refuse an asynchronous dependency where someone turned them off.

    FluxLit 0.13 had them off until the setting ``async_page_depends`` was on. Here they are on; the setting still
    turns them off where it is set to false explicitly.

    Raises:
        PageSignatureError: They are off.
    """
    settings: Any = owner.settings
    given = getattr(settings, "model_fields_set", frozenset[str]())
    if "async_page_depends" in given and not settings.async_page_depends:
        raise PageSignatureError(
            f"Dependency {fn!r} is asynchronous, and FLUXLIT_ASYNC_PAGE_DEPENDS is set to false. Remove that setting."
        )


def _script_context_carrier() -> Callable[[], None]:
    """What gives another thread the Streamlit session of this one, so that ``st`` works there."""
    if "streamlit.runtime" not in sys.modules:
        return _nothing
    scriptrunner = importlib.import_module("streamlit.runtime.scriptrunner")
    context = scriptrunner.get_script_run_ctx(suppress_warning=True)
    if context is None:
        return _nothing
    return partial(scriptrunner.add_script_run_ctx, None, context)


def _nothing() -> None:
    pass


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def _as_coroutine(awaitable: Awaitable[T]) -> T:
    return await awaitable


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
