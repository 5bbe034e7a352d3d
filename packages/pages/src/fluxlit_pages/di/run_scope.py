"""One run of one page: what its parameters resolve to, each dependency once, and the teardown at the end.

A scope is a context manager. On leaving it, generator dependencies go on after their ``yield``, in reverse order: with
the exception thrown in if the page raised one; simply resumed if it returned, or if Streamlit stopped or reran the
script (``st.stop``, ``st.rerun``, ``st.switch_page``, a click during the run), which ends a run in the normal way.
"""

from __future__ import annotations

import inspect
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from fluxlit_client import REQUEST_ID_HEADER, get_request_id, reset_request_id, set_request_id
from fluxlit_pages.di.coroutines import CoroutineRunner, require_async_allowed
from fluxlit_pages.di.planning import plan_call
from fluxlit_pages.di.request_context import header_value
from fluxlit_pages.di.sources import cache_key
from fluxlit_pages.errors import PageInjectionError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Hashable, Mapping
    from contextlib import AbstractContextManager
    from contextvars import Token
    from types import TracebackType

    from fluxlit_pages.di.sources import CallPlan
    from fluxlit_pages.page_owner import PageOwner

__all__ = ("RunScope",)

_ABSENT = object()
_T = TypeVar("_T")


class RunScope:
    """Resolves parameters for the length of one run."""

    def __init__(
        self,
        owner: PageOwner,
        *,
        st: Any,
        client: Any = None,
        overrides: Mapping[Any, Any] | None = None,
        plans: dict[Hashable, CallPlan] | None = None,
    ) -> None:
        """Make a scope.

        Args:
            owner: The application.
            st: The Streamlit module.
            client: The API client; by default the application's, made when a parameter asks for it.
            overrides: Values by parameter name and replacements by dependency function.
            plans: Where plans are kept between runs.
        """
        self.owner = owner
        self.st = st
        self._client = client
        self._overrides = overrides or {}
        self._plans: dict[Hashable, CallPlan] = plans if plans is not None else {}
        self._values: dict[Hashable, object] = {}
        self._request_id: Token[str | None] | None = None
        self._exits = ExitStack()
        self._teardowns = 0
        self._coroutines = CoroutineRunner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self._exits.__exit__(kind, error, traceback)
        finally:
            self._coroutines.close()
            if self._request_id is not None:
                reset_request_id(self._request_id)

    @property
    def has_teardown(self) -> bool:
        """Whether a generator dependency or the session is waiting for the end of the run."""
        return self._teardowns > 0

    @property
    def client(self) -> Any:
        """The client of the application's API, made at first use.

        From then on the browser's request id is the context's, so that the client can pass it on.
        """
        if self._client is None:
            self._client = self.owner.get_client()
            if self._request_id is None and get_request_id() is None:
                self._request_id = set_request_id(header_value(self.st, REQUEST_ID_HEADER))
        return self._client

    def call(self, fn: Callable[..., Any]) -> Any:
        """Call a page function with its parameters filled; a coroutine is waited for."""
        plan = self._plan(fn)
        arguments, keywords = self.arguments(plan, of_page=True)
        return self._settled(fn(*arguments, **keywords))

    def arguments(self, plan: CallPlan, *, of_page: bool) -> tuple[list[object], dict[str, object]]:
        """Positional and keyword arguments of a planned call."""
        positional: list[object] = []
        keywords: dict[str, object] = {}
        for slot in plan.slots:
            value = _ABSENT
            if self._overrides and (of_page or slot.source.from_request):
                value = self._overrides.get(slot.name, _ABSENT)
            if value is _ABSENT:
                value = slot.source.resolve(self)
            if slot.positional:
                positional.append(value)
            else:
                keywords[slot.name] = value
        return positional, keywords

    def provide(self, plan: CallPlan, *, use_cache: bool) -> object:
        """What a dependency gives in this run."""
        key = plan.key
        if use_cache and key in self._values:
            return self._values[key]
        actual = plan
        if self._overrides and key in self._overrides:
            actual = self._plan(self._overrides[key])
        arguments, keywords = self.arguments(actual, of_page=False)
        value = self._opened(actual.fn(*arguments, **keywords), actual.fn)
        if use_cache:
            self._values[key] = value
        return value

    def entered(self, key: Hashable, make: Callable[[], AbstractContextManager[_T]]) -> _T:
        """What a context manager gives: made and entered by the first who asks in this run, left at its end."""
        if key not in self._values:
            self._values[key] = self._exits.enter_context(make())
            self._teardowns += 1
        return cast("_T", self._values[key])

    def run_coroutine(self, awaitable: Any) -> Any:
        """Wait for a coroutine on the run's own event loop."""
        return self._coroutines.run(awaitable)

    def _plan(self, fn: Callable[..., Any]) -> CallPlan:
        key = cache_key(fn)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = plan_call(fn, self.owner)
        return plan

    def _settled(self, value: object) -> object:
        return self._coroutines.run(value) if inspect.isawaitable(value) else value

    def _opened(self, value: object, fn: Callable[..., Any]) -> object:
        if inspect.isgenerator(value):
            return self._open_generator(cast("Generator[object, None, None]", value), fn)
        if inspect.isasyncgen(value):
            require_async_allowed(self.owner, fn)
            return self._open_async_generator(cast("AsyncGenerator[object, None]", value), fn)
        if inspect.iscoroutine(value):
            try:
                require_async_allowed(self.owner, fn)
            except BaseException:
                value.close()
                raise
        return self._settled(value)

    def _open_generator(self, generator: Generator[object, None, None], fn: Callable[..., Any]) -> object:
        value = next(generator, _ABSENT)
        if value is _ABSENT:
            raise _without_yield(fn)

        def leave(_kind: object, error: BaseException | None, _traceback: object) -> None:
            try:
                if isinstance(error, Exception):
                    generator.throw(error)
                else:
                    next(generator)
            except StopIteration:
                return
            except BaseException as raised:
                if raised is not error:
                    raise
                return
            generator.close()
            raise _second_yield(fn)

        self._teardowns += 1
        self._exits.push(leave)
        return value

    def _open_async_generator(self, generator: AsyncGenerator[object, None], fn: Callable[..., Any]) -> object:
        value = self._coroutines.run(anext(generator, _ABSENT))
        if value is _ABSENT:
            raise _without_yield(fn)

        async def resume(error: BaseException | None) -> None:
            try:
                if isinstance(error, Exception):
                    await generator.athrow(error)
                else:
                    await anext(generator)
            except StopAsyncIteration:
                return
            except BaseException as raised:
                if raised is not error:
                    raise
                return
            await generator.aclose()
            raise _second_yield(fn)

        def leave(_kind: object, error: BaseException | None, _traceback: object) -> None:
            self._coroutines.run(resume(error))

        self._teardowns += 1
        self._exits.push(leave)
        return value


def _without_yield(fn: Callable[..., Any]) -> PageInjectionError:
    return PageInjectionError(f"Dependency {fn!r} is a generator that ended without a yield. Let it yield its value.")


def _second_yield(fn: Callable[..., Any]) -> PageInjectionError:
    return PageInjectionError(f"Dependency {fn!r} yielded a second time. Let it yield once; what follows is teardown.")
