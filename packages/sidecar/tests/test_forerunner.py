"""Processes that begin before it is known what they will serve."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fluxlit_sidecar import ChildSpec, sidecar_ahead, streamlit_child
from fluxlit_sidecar.child import names
from fluxlit_sidecar.supervision.forerunner import dismiss_forerunner, start_forerunner

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from fluxlit_sidecar import SidecarPool

PROGRAM = Path(__file__).parent / "programs" / "ahead.py"
PARENT = Path(__file__).parent / "programs" / "parent.py"
PATIENCE = 60.0
AHEAD = {names.STREAMLIT: json.dumps({"script": "/ahead.py"})}


@pytest.fixture(autouse=True)
def nothing_left() -> Generator[None]:
    yield
    dismiss_forerunner()


@pytest.fixture
def spec(callers: Any) -> Callable[..., ChildSpec]:
    def make(behaviour: str = "good", **facts: Any) -> ChildSpec:
        return ChildSpec(command=(sys.executable, str(PROGRAM), callers.path, behaviour), **facts)

    return make


@pytest.fixture
def ahead(callers: Any) -> Callable[[ChildSpec], Any]:
    """Starts the forerunner of a spec, and gives the caller once it has imported."""

    async def start(spec: ChildSpec) -> Any:
        start_forerunner(spec.command, env=AHEAD)
        caller = await callers.next()
        assert caller.facts["phase"] == "ahead"
        return caller

    return start


def serves(pool: SidecarPool) -> bool:
    return bool(pool.targets())


async def became(caller: Any) -> dict[str, Any]:
    def is_last(line: dict[str, Any]) -> bool:
        return "path" in line

    return await caller.until(is_last)


async def test_a_forerunner_becomes_just_what_a_child_started_with_its_orders_is(
    spec: Any, ahead: Any, pools: Any, callers: Any, folder: Any
) -> None:
    env = {
        "FLUXLIT_APP": "shop:app",
        "PYTHONPATH": os.pathsep.join([str(folder.path), os.environ.get("PYTHONPATH", "")]),
    }
    described = spec(env=env)
    first = await ahead(described)
    pool = pools(described, sidecars=2)
    await pool.start()
    await pool.wait_until_ready(PATIENCE, sidecars=2)
    ours, other = await became(first), (await callers.next()).facts
    assert (ours["phase"], other["phase"]) == ("taken on", "from the start")
    same = ("env", "folder", "path", "argv")
    assert {name: ours[name] for name in same} == {name: other[name] for name in same}
    assert str(folder.path) in ours["path"]
    status = {sidecar.pid: sidecar for sidecar in pool.status().sidecars}
    assert status[first.pid].name == ours["name"]
    assert status[first.pid].address == f"unix:{ours['address']}"
    await pool.stop()
    await asyncio.wait_for(first.gone.wait(), PATIENCE)


@pytest.mark.parametrize("difference", ["a variable", "the folder", "a module in front", "a variable that went"])
async def test_a_forerunner_that_has_made_use_of_what_is_different_starts_over_in_the_same_process(
    spec: Any, ahead: Any, pools: Any, callers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, difference: str
) -> None:
    (tmp_path / "colorsys.py").touch()
    orders: dict[str, Any] = {
        "a variable": {"env": {"OMP_NUM_THREADS": "3"}},
        "the folder": {"folder": tmp_path},
        "a module in front": {"env": {"PYTHONPATH": str(tmp_path)}},
        "a variable that went": {},
    }[difference]
    monkeypatch.setenv("GOES_AWAY", "soon")
    described = spec(**orders)
    before = await ahead(described)
    if difference == "a variable that went":
        monkeypatch.delenv("GOES_AWAY")
    pool = pools(described)
    await pool.start()
    after = (await callers.next()).facts
    await pool.wait_until_ready(PATIENCE)
    assert (after["pid"], after["phase"]) == (before.pid, "from the start")
    assert after["folder"] == str(orders.get("folder", Path.cwd()))
    assert orders.get("env", {}).items() <= after["env"].items()
    assert ("GOES_AWAY" in after["env"]) is (difference != "a variable that went")
    assert pool.status().sidecars[0].restarts == 0


async def test_a_forerunner_that_cannot_prepare_itself_starts_over_and_nothing_is_said(
    spec: Any, ahead: Any, pools: Any, callers: Any, caplog: pytest.LogCaptureFixture
) -> None:
    before = await ahead(spec("fails ahead"))
    pool = pools(spec("fails ahead"))
    await pool.start()
    assert (await callers.next()).pid == before.pid
    await pool.wait_until_ready(PATIENCE)
    assert "LookupError" not in caplog.text


async def test_a_forerunner_that_nobody_takes_ends_and_so_does_one_for_something_else(
    spec: Any, ahead: Any, pools: Any, callers: Any
) -> None:
    unused = await ahead(spec())
    pool = pools(spec("another command"))
    await pool.start()
    other = await callers.next()
    assert (other.facts["phase"], other.pid != unused.pid) == ("from the start", True)
    dismiss_forerunner()
    await asyncio.wait_for(unused.gone.wait(), PATIENCE)


async def test_a_forerunner_that_died_costs_nothing(spec: Any, ahead: Any, pools: Any, callers: Any) -> None:
    dead = await ahead(spec())
    os.kill(dead.pid, signal.SIGKILL)
    await asyncio.wait_for(dead.gone.wait(), PATIENCE)
    pool = pools(spec())
    await pool.start()
    assert (await callers.next()).facts["phase"] == "from the start"
    await pool.wait_until_ready(PATIENCE)
    assert pool.status().sidecars[0].restarts == 0


async def test_a_forerunner_that_dies_with_its_orders_is_a_sidecar_that_died_while_starting(
    spec: Any, ahead: Any, pools: Any, callers: Any, caplog: pytest.LogCaptureFixture
) -> None:
    described = spec("dies with its orders")
    await ahead(described)
    pool = pools(described)
    await pool.start()
    assert (await callers.next()).facts["phase"] == "from the start"
    await pool.until(serves)
    assert pool.status().sidecars[0].restarts == 1
    assert "died while starting, exit code 7" in caplog.text


async def test_an_application_that_cannot_be_loaded_leaves_no_process(spec: Any, ahead: Any) -> None:
    async def load() -> None:
        with sidecar_ahead():
            # Ours in place of Streamlit's: one that connects back.
            dismiss_forerunner()
            seen.append(await ahead(spec()))
            raise LookupError("the application cannot be imported")

    seen: list[Any] = []
    with pytest.raises(LookupError):
        await load()
    await asyncio.wait_for(seen[0].gone.wait(), PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
async def test_a_forerunner_ends_with_the_parent(callers: Any, folder: Any, number: int) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, str(PARENT), callers.path, str(folder.path), "with a forerunner"
    )
    everybody = [await callers.next() for _ in range(2)]
    assert {caller.facts.get("phase") for caller in everybody} == {"ahead", None}
    parent.send_signal(number)
    await asyncio.wait_for(parent.wait(), PATIENCE)
    await asyncio.wait_for(asyncio.gather(*(caller.gone.wait() for caller in everybody)), PATIENCE)


async def test_streamlit_runs_ahead_and_serves_with_the_settings_that_come_later(
    pools: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hook.py").write_text(
        "import logging, sys\n\ndef prepare():\n"
        "    from streamlit import config\n"
        "    logging.getLogger('shop').warning('ahead: %s, %s MB', 'colorsys' in sys.modules,\n"
        "        config.get_option('server.maxUploadSize'))\n"
    )
    (tmp_path / "page.py").write_text("import streamlit as st\n")
    options = {"server.maxUploadSize": 7}
    with sidecar_ahead(imports=("colorsys",)):
        pool = pools(streamlit_child("page.py", setup="hook:prepare", base_url_path="shop", streamlit_options=options))
        await pool.start()
        await pool.wait_until_ready(PATIENCE)
    assert "ahead: True, 7 MB" in caplog.text
    assert "option section was detected" not in caplog.text
    assert pool.status().sidecars[0].restarts == 0
