"""The first sidecar begins with the command, before the application is imported."""

from __future__ import annotations

import contextlib
import json
import signal
from typing import TYPE_CHECKING

import psutil
import pytest

from fluxlit.wiring import SPARE_IMPORTS
from fluxlit_cli.serving.first_sidecar import NEEDED_BY_PAGES

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Command, Run

APP = """
import json
from pathlib import Path

import psutil
from fluxlit import FluxLit, FluxlitSettings

ours = {{"fluxlit_sidecar.streamlit_server", "fluxlit_sidecar.sharing"}}
seen = Path("seen.json")
if not seen.exists():
    children = [child.pid for child in psutil.Process().children() if ours & {{*child.cmdline()}}]
    seen.write_text(json.dumps(children))
{further}

@app.page("/", title="Home")
def home(st):
    st.write("hello")
"""
PLAIN = "app = FluxLit()"
# Until the supervisor, which is still being started, has started its sidecar. There is no event for it.
WAIT = """
import threading, time

deadline = time.monotonic() + 60
while not Path("sidecar").exists() and time.monotonic() < deadline:
    for grandchild in psutil.Process(children[0]).children():
        Path("sidecar").write_text(str(grandchild.pid))
    threading.Event().wait(0.02)

"""


@pytest.fixture
def write(folder: Path) -> Path:
    return folder / "app.py"


def ahead_of_the_application(folder: Path) -> list[int]:
    """The sidecars that ran when the application was imported first."""
    found: list[int] = json.loads((folder / "seen.json").read_text())
    return found


def sidecars(command: Command) -> list[int]:
    children = psutil.Process(command.process.pid).children()
    return [child.pid for child in children if "fluxlit_sidecar.streamlit_server" in child.cmdline()]


@pytest.mark.parametrize("arguments", [("run",), ("dev", "--no-reload")], ids=" ".join)
def test_the_process_that_began_with_the_command_is_the_first_sidecar(
    run: Run, write: Path, arguments: tuple[str, ...]
) -> None:
    write.write_text(APP.format(further=PLAIN))
    server = run(*arguments, "--port", "0", "--sidecars", "2")
    server.url()
    (ahead,) = ahead_of_the_application(write.parent)
    present = sidecars(server)
    assert ahead in present
    assert len(present) == 2
    server.send(signal.SIGTERM)
    assert server.end() == 0
    assert not any(psutil.pid_exists(pid) for pid in present)


def test_under_a_reload_the_supervisor_begins_with_the_first_child_and_its_sidecar_with_it(
    run: Run, write: Path
) -> None:
    write.write_text(APP.format(further=WAIT + PLAIN))
    server = run("dev", "--port", "0")
    server.url()
    (supervisor,) = map(psutil.Process, ahead_of_the_application(write.parent))
    (sidecar,) = supervisor.children()
    assert sidecar.pid == int((write.parent / "sidecar").read_text())
    (write.parent / "seen.json").unlink()
    write.write_text(APP.format(further=PLAIN))
    server.line_with("reloading")
    server.url()
    # The supervisor has outlived its worker, and the next worker has begun none.
    assert ahead_of_the_application(write.parent) == []
    assert supervisor.children() == [sidecar]
    server.send(signal.SIGTERM)
    assert server.end() == 0
    _, alive = psutil.wait_procs([supervisor, sidecar], timeout=60)
    assert not alive


def test_under_a_reload_an_application_that_cannot_be_imported_leaves_no_process(run: Run, write: Path) -> None:
    write.write_text(APP.format(further=WAIT + "raise LookupError('no database here')"))
    server = run("dev", "--port", "0")
    server.line_with("no database here")
    assert server.end() == 1
    (supervisor,) = ahead_of_the_application(write.parent)
    assert not psutil.pid_exists(supervisor)
    sidecar = int((write.parent / "sidecar").read_text())
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(sidecar).wait(60)


def test_an_application_that_turns_out_to_need_no_sidecars_has_none(run: Run, write: Path) -> None:
    write.write_text(APP.format(further='app = FluxLit(settings=FluxlitSettings(runtime="native"))'))
    server = run("run", "--port", "0")
    server.url()
    (ahead,) = ahead_of_the_application(write.parent)
    assert not psutil.pid_exists(ahead)
    assert sidecars(server) == []


@pytest.mark.parametrize("place", ["the environment", "the project file"])
def test_where_the_configuration_says_native_none_is_started(run: Run, write: Path, place: str) -> None:
    write.write_text(APP.format(further="raise SystemExit(5)"))
    if place == "the project file":
        (write.parent / "fluxlit.toml").write_text('runtime = "native"\n')
    assert run("run", "--port", "0", **({"FLUXLIT_RUNTIME": "native"} if place == "the environment" else {})).end() == 1
    assert ahead_of_the_application(write.parent) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_an_application_that_cannot_be_imported_leaves_no_process(run: Run, write: Path, workers: int) -> None:
    write.write_text(APP.format(further="raise LookupError('no database here')"))
    server = run("run", "--port", "0", "--workers", str(workers))
    assert server.end() == 1
    assert "no database here" in server.text
    ahead = ahead_of_the_application(write.parent)
    # With several workers, one of them starts the sidecars.
    assert len(ahead) == (1 if workers == 1 else 0)
    assert not any(psutil.pid_exists(pid) for pid in ahead)


def test_a_command_that_is_killed_while_the_application_is_imported_takes_the_process_along(
    run: Run, write: Path
) -> None:
    write.write_text(APP.format(further="print('importing', flush=True)\nimport threading\nthreading.Event().wait()"))
    server = run("run", "--port", "0")
    server.line_with("importing")
    (ahead,) = ahead_of_the_application(write.parent)
    process = psutil.Process(ahead)
    server.send(signal.SIGKILL)
    process.wait(60)


def test_an_application_that_changes_the_environment_gets_a_sidecar_that_has_it_from_the_start(
    run: Run, write: Path
) -> None:
    further = """
import os, sys
if "streamlit" in sys.modules and os.environ.get("OMP_NUM_THREADS") != "3":
    print("too late", flush=True)
os.environ["OMP_NUM_THREADS"] = "3"
app = FluxLit()
"""
    write.write_text(APP.format(further=further))
    server = run("run", "--port", "0")
    server.url()
    assert sidecars(server) == ahead_of_the_application(write.parent)
    assert psutil.Process(sidecars(server)[0]).environ()["OMP_NUM_THREADS"] == "3"
    assert "too late" not in server.text


def test_what_it_imports_is_what_spares_import() -> None:
    assert NEEDED_BY_PAGES == SPARE_IMPORTS
