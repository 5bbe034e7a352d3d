from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from fluxlit_sidecar import ChildSpec, RuntimeFolder, SidecarOptions, SidecarPool

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator

    from fluxlit_sidecar import Transition

PROGRAMS = Path(__file__).parent / "programs"
# Generous: two busy cores; only a broken behaviour ever takes as long.
PATIENCE = 60.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Caller:
    """A process that connected back. Its line closes when it ends, however it ends."""

    facts: dict[str, Any]
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    lines: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue[dict[str, Any]])

    @property
    def pid(self) -> int:
        return int(self.facts["pid"])

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first of its further lines that is `wanted`."""
        async with asyncio.timeout(PATIENCE):
            while not wanted(line := await self.lines.get()):
                pass
            return line


class Callers:
    """Where child processes connect back to."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.all: list[Caller] = []
        self._queue: asyncio.Queue[Caller] = asyncio.Queue()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, ValueError):
            caller = Caller(json.loads(await reader.readline()))
            self.all.append(caller)
            self._queue.put_nowait(caller)
            with contextlib.suppress(ConnectionError):
                while line := await reader.readline():
                    caller.lines.put_nowait(json.loads(line))
            caller.gone.set()
        writer.close()

    async def next(self) -> Caller:
        return await asyncio.wait_for(self._queue.get(), PATIENCE)


@pytest.fixture
async def callers() -> AsyncGenerator[Callers]:
    with tempfile.TemporaryDirectory(prefix="fl-", dir="/tmp") as folder:
        callers = Callers(f"{folder}/back.sock")
        server = await asyncio.start_unix_server(callers.take, callers.path)
        yield callers
        server.close()
        await asyncio.wait_for(asyncio.gather(*(caller.gone.wait() for caller in callers.all)), PATIENCE)
        await server.wait_closed()


@pytest.fixture
def child(callers: Callers) -> Callable[[str], ChildSpec]:
    def spec(behaviour: str = "good") -> ChildSpec:
        command = (sys.executable, str(PROGRAMS / "child.py"), callers.path, behaviour)
        return ChildSpec(command=command, can_be_spare=True)

    return spec


@pytest.fixture
def folder() -> Generator[RuntimeFolder]:
    with RuntimeFolder.create(base=Path("/tmp")) as folder:
        yield folder


class WatchedPool(SidecarPool):
    """A pool whose transitions can be awaited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, on_transition=self._note, **kwargs)
        self.transitions: list[Transition] = []
        self._news = asyncio.Event()

    def _note(self, transition: Transition) -> None:
        self.transitions.append(transition)
        self._news.set()

    async def until(self, wanted: Callable[[SidecarPool], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not wanted(self):
                self._news.clear()
                await self._news.wait()

    def states(self, name: str) -> list[str]:
        return [transition.after.value for transition in self.transitions if transition.name == name]


@pytest.fixture
async def pools(folder: RuntimeFolder) -> AsyncGenerator[Callable[..., WatchedPool]]:
    made: list[WatchedPool] = []

    def make(spec: ChildSpec, **options: Any) -> WatchedPool:
        pool = WatchedPool(spec, SidecarOptions(**options), folder=folder)
        made.append(pool)
        return pool

    yield make
    for pool in made:
        await asyncio.wait_for(pool.stop(), PATIENCE)


async def get_from(address: str, path: str) -> dict[str, Any]:
    connector = aiohttp.UnixConnector(address.removeprefix("unix:"))
    async with (
        aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
        session.get(f"http://localhost{path}") as answer,
    ):
        return json.loads(await answer.text())


@pytest.fixture
def get() -> Callable[..., Any]:
    return get_from
