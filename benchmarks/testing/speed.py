"""What a page test costs once warm, and what the pytest plugin costs a run that does not use it.

Run with `python benchmarks/testing/speed.py [--renders 50] [--runs 9]`. A page that calls its API is opened by
`FluxLitTestClient.page`, beside a plain script under Streamlit's own `AppTest`; then `pytest --collect-only` of an
empty suite runs with the plugin and without any, in turns. Beside the wall clock stands the processor time, which a
busy machine disturbs less. Targets on an idle machine: a render at most 120 ms, the plugin at most 30 ms.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streamlit.testing.v1 import AppTest

from fluxlit import ApiClient, FluxLit
from fluxlit_testing import FluxLitTestClient

if TYPE_CHECKING:
    from collections.abc import Callable

RENDER_MS = 120.0
PLUGIN_MS = 30.0
SCRIPT = "import streamlit as st\nst.title('Ada')\nst.button('Again')\n"


def page_client() -> FluxLitTestClient:
    """A client of an application whose page asks its API."""
    app = FluxLit()

    @app.api.get("/users")
    def users() -> list[str]:
        return ["Ada"]

    @app.page("/")
    def home(st: Any, client: ApiClient) -> None:
        st.title(", ".join(client.get("/users").json()))
        st.button("Again")

    return FluxLitTestClient(app)


def milliseconds(step: Callable[[], object]) -> tuple[float, float]:
    """Wall clock and processor time of one step in this process."""
    wall, processor = time.perf_counter(), time.process_time()
    step()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000


def collect(folder: Path, *arguments: str) -> tuple[float, float]:
    """Wall clock and processor time, in milliseconds, of `pytest --collect-only` in a process of its own."""
    # Without the plugins of others: they take seconds of a developer's environment, and differ from run to run.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *arguments]
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=False, timeout=300)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall * 1000, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


def show(name: str, samples: list[tuple[float, float]]) -> tuple[float, float]:
    """Print and return the medians."""
    wall, processor = (statistics.median(column) for column in zip(*samples, strict=True))
    print(f"{name:<44} {wall:8.1f} ms   processor {processor:8.1f} ms")
    return wall, processor


def measure_renders(count: int) -> bool:
    """Compare a page's render with a plain script's."""
    with page_client() as client:
        at = client.page()
        plain = AppTest.from_string(SCRIPT, default_timeout=30).run()
        steps: dict[str, Callable[[], object]] = {
            "client.page(...), with a call of the API": client.page,
            "its rerun": at.run,
            "a plain script's rerun in AppTest": plain.run,
        }
        samples: dict[str, list[tuple[float, float]]] = {name: [] for name in steps}
        for _ in range(count):
            for name, step in steps.items():
                samples[name].append(milliseconds(step))
    medians = [show(name, each) for name, each in samples.items()]
    return medians[0][0] <= RENDER_MS


def measure_plugin(count: int) -> bool:
    """Compare an empty run with the plugin and without."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pytest.ini").write_text("[pytest]\n")
        contestants: dict[str, tuple[str, ...]] = {
            "without plugins": (),
            "with this one": ("-p", "fluxlit_testing.plugin"),
        }
        for arguments in contestants.values():
            collect(folder, *arguments)
        samples: dict[str, list[tuple[float, float]]] = {each: [] for each in contestants}
        for _ in range(count):
            for each, arguments in contestants.items():
                samples[each].append(collect(folder, *arguments))
    without, with_it = (show(f"pytest --collect-only, {each}", found) for each, found in samples.items())
    print(f"{'the plugin':<44} {with_it[0] - without[0]:8.1f} ms   processor {with_it[1] - without[1]:8.1f} ms")
    return min(with_it[0] - without[0], with_it[1] - without[1]) <= PLUGIN_MS


def main() -> int:
    """Measure both; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--renders", type=int, default=50)
    parser.add_argument("--runs", type=int, default=9)
    asked = parser.parse_args()
    met = {"render": measure_renders(asked.renders), "plugin": measure_plugin(asked.runs)}
    for name, is_met in met.items():
        print(f"{name}: {'met' if is_met else 'MISSED'}")
    return 0 if all(met.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
