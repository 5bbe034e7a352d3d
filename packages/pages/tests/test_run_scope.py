# ruff: noqa: ARG001 - that a page asks for something is what is tested
import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace
from typing import Annotated, Any

import pytest

from fluxlit_client import get_request_id
from fluxlit_pages import Depends, PageInjectionError
from fluxlit_pages.di import RunScope
from fluxlit_pages.di.coroutines import CoroutineRunner

log: list[str] = []


@pytest.fixture(autouse=True)
def empty_log() -> None:
    log.clear()


def connection() -> Iterator[str]:
    log.append("open")
    yield "connection"
    log.append("close")


def careful() -> Iterator[str]:
    try:
        yield "careful"
    except ValueError as error:
        log.append(f"rolled back: {error}")
        raise
    finally:
        log.append("closed")


async def async_connection() -> AsyncIterator[asyncio.AbstractEventLoop]:
    log.append("async open")
    yield asyncio.get_running_loop()
    log.append("async close")


class Stop(BaseException):
    """As Streamlit's own: no Exception."""


def run(app: Any, page: Callable[..., Any]) -> Any:
    with RunScope(app, st=None) as scope:
        return scope.call(page)


def test_teardown_follows_the_page_in_reverse_order(app: Any) -> None:
    def second(first: Annotated[str, Depends(connection)]) -> Iterator[str]:
        log.append(f"second with {first}")
        yield "second"
        log.append("second done")

    def page(x: Annotated[str, Depends(second)]) -> None:
        log.append(f"page with {x}")

    run(app, page)
    assert log == ["open", "second with connection", "page with second", "second done", "close"]


def test_a_page_that_raises_is_thrown_into_the_dependency(app: Any) -> None:
    def page(x: Annotated[str, Depends(careful)]) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run(app, page)
    assert log == ["rolled back: no", "closed"]


def test_an_exception_that_a_dependency_swallows_is_still_the_pages(app: Any) -> None:
    def swallows() -> Iterator[None]:
        try:
            yield
        except ValueError:
            log.append("swallowed")

    def page(x: Annotated[None, Depends(swallows)]) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run(app, page)
    assert log == ["swallowed"]


def test_a_stop_by_streamlit_is_a_normal_end(app: Any) -> None:
    def page(x: Annotated[str, Depends(connection)], y: Annotated[Any, Depends(async_connection)]) -> None:
        raise Stop

    with pytest.raises(Stop):
        run(app, page)
    assert log == ["open", "async open", "async close", "close"]


def test_what_was_opened_is_closed_when_a_later_parameter_fails(app: Any) -> None:
    def fails() -> None:
        raise KeyError("provider")

    def page(x: Annotated[str, Depends(connection)], y: Annotated[None, Depends(fails)]) -> None: ...

    with pytest.raises(KeyError):
        run(app, page)
    # As in a with block, an exception is thrown in at the yield: what shall run in any case belongs into a finally.
    assert log == ["open"]


def test_teardown_that_raises_does_not_stop_the_others(app: Any) -> None:
    def broken() -> Iterator[None]:
        yield
        raise RuntimeError("teardown")

    def page(x: Annotated[str, Depends(connection)], y: Annotated[None, Depends(broken)]) -> None: ...

    with pytest.raises(RuntimeError, match="teardown"):
        run(app, page)


def test_asynchronous_page_and_dependency_share_a_loop(app: Any) -> None:
    async def page(loop: Annotated[Any, Depends(async_connection)]) -> bool:
        await asyncio.sleep(0)
        return loop is asyncio.get_running_loop()

    assert run(app, page) is True
    assert log == ["async open", "async close"]


async def test_a_page_runs_beside_a_running_loop(app: Any) -> None:
    async def page(loop: Annotated[Any, Depends(async_connection)]) -> bool:
        return loop is asyncio.get_running_loop()

    assert run(app, page) is True
    assert log == ["async open", "async close"]


def test_an_asynchronous_page_that_raises_reaches_its_dependency(app: Any) -> None:
    async def dependency() -> AsyncIterator[None]:
        try:
            yield
        except ValueError:
            log.append("seen")
            raise

    async def page(x: Annotated[None, Depends(dependency)]) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run(app, page)
    assert log == ["seen"]


def test_tasks_that_a_page_leaves_behind_are_cancelled(app: Any) -> None:
    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            log.append("cancelled")

    async def page() -> None:
        task = asyncio.get_running_loop().create_task(forever())
        await asyncio.sleep(0)
        log.append(f"left {task.done()}")

    run(app, page)
    assert log == ["left False", "cancelled"]


@pytest.mark.parametrize("times", [0, 2])
def test_a_generator_dependency_yields_once(app: Any, times: int) -> None:
    def dependency() -> Iterator[int]:
        yield from range(times)

    async def async_dependency() -> AsyncIterator[int]:
        for number in range(times):
            yield number

    def page(x: Annotated[int, Depends(dependency)]) -> None: ...
    def other(x: Annotated[int, Depends(async_dependency)]) -> None: ...

    for fn in (page, other):
        with pytest.raises(PageInjectionError, match="yield"):
            run(app, fn)


def test_a_runner_that_was_never_used_has_nothing_to_close() -> None:
    CoroutineRunner().close()


def test_asynchronous_dependencies_can_be_turned_off(make_app: Any) -> None:
    async def coroutine() -> None: ...

    def page(x: Annotated[None, Depends(coroutine)]) -> None: ...
    def other(x: Annotated[Any, Depends(async_connection)]) -> None: ...

    app = make_app(async_page_depends=False, model_fields_set={"async_page_depends"})
    for fn in (page, other):
        with pytest.raises(TypeError, match="FLUXLIT_ASYNC_PAGE_DEPENDS"):
            run(app, fn)
    run(make_app(async_page_depends=False, model_fields_set=set[str]()), page)


def test_a_provider_that_cannot_be_hashed_is_still_cached(app: Any) -> None:
    class Provider(list[int]):
        def __call__(self) -> int:
            self.append(1)
            return len(self)

    provider = Provider()

    def page(x: Annotated[int, Depends(provider)], y: Annotated[int, Depends(provider)]) -> tuple[int, int]:
        return x, y

    assert run(app, page) == (1, 1)


def test_the_request_id_of_the_browser_is_the_clients(app: Any) -> None:
    st = SimpleNamespace(context=SimpleNamespace(headers={"X-Request-Id": "seven"}))

    def page(client: Any) -> str | None:
        return get_request_id()

    with RunScope(app, st=st) as scope:
        assert scope.call(page) == "seven"
    assert get_request_id() is None
