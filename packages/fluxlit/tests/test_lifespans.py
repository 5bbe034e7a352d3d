"""The lifespan from server to API: started once, in order, and failures told as one message."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from starlette.applications import Starlette

from fluxlit.errors import StartupError
from fluxlit.lifespan import serve_lifespan
from fluxlit.nested_lifespan import running_lifespan

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import Message, Scope


def app_with(lifespan: Any) -> Starlette:
    return Starlette(lifespan=lifespan)


async def test_the_inner_application_runs_while_the_block_does() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[dict[str, str]]:
        seen.append("start")
        yield {"pool": "a pool"}
        seen.append("stop")

    async with running_lifespan(app_with(lifespan)) as state:
        seen.append(f"block with {state['pool']}")

    assert seen == ["start", "block with a pool", "stop"]


async def test_an_application_that_raises_at_start_fails_the_start() -> None:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        raise OSError("no database today")
        yield

    with anyio.fail_after(10), pytest.raises((StartupError, OSError), match="no database today"):
        async with running_lifespan(app_with(lifespan)):
            pytest.fail("the block must not run")


async def test_the_inner_application_is_stopped_when_the_block_raises() -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        yield
        seen.append("stop")

    with pytest.raises(ZeroDivisionError):
        async with running_lifespan(app_with(lifespan)):
            raise ZeroDivisionError

    assert seen == ["stop"]


async def talk(running: Any) -> list[Message]:
    """Everything that the protocol says when a server starts and stops an application."""
    sent: list[Message] = []
    questions = iter(({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}))

    async def receive() -> Message:
        return next(questions)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {"type": "lifespan", "state": {}}
    await serve_lifespan(running, scope, receive, send=send)
    return [*sent, {"type": "state", **scope["state"]}]


async def test_the_state_reaches_the_server() -> None:
    @asynccontextmanager
    async def running() -> AsyncGenerator[dict[str, str]]:
        yield {"pool": "a pool"}

    assert await talk(running) == [
        {"type": "lifespan.startup.complete"},
        {"type": "lifespan.shutdown.complete"},
        {"type": "state", "pool": "a pool"},
    ]


@pytest.mark.parametrize(
    ("error", "message"),
    [(StartupError("bind it elsewhere"), "bind it elsewhere"), (OSError("disk full"), "OSError: disk full")],
)
async def test_a_failed_start_is_one_message(error: Exception, message: str) -> None:
    @asynccontextmanager
    async def running() -> AsyncGenerator[dict[str, str]]:
        raise error
        yield {}

    assert (await talk(running))[0] == {"type": "lifespan.startup.failed", "message": message}


async def test_a_failed_stop_is_one_message() -> None:
    @asynccontextmanager
    async def running() -> AsyncGenerator[dict[str, str]]:
        yield {}
        raise OSError("disk full")

    assert (await talk(running))[1] == {"type": "lifespan.shutdown.failed", "message": "OSError: disk full"}
