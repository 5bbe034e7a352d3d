"""Random sidecars are killed for a minute while browsers work: the API never fails, and everyone is served again."""

from __future__ import annotations

import os
import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx2
import psutil
import pytest
import websockets

from fluxlit_testing.errors import WaitTimeoutError
from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    from fluxlit_testing.running_server import RunningServer

SIDECARS = 2
TABS = 6
KILLS = 8
PATIENCE = 120.0
# What a browser waits before it tries again.
BETWEEN_ATTEMPTS = 0.1


class Tabs:
    """Browser tabs that work all the time and come back when their sidecar dies."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.stopped = threading.Event()
        self.runs = [0] * TABS
        self.progress = threading.Condition()

    def work(self, number: int) -> None:
        while not self.stopped.is_set():
            try:
                with StreamlitSession(self.server.ws_url) as tab:
                    while not self.stopped.is_set():
                        assert "Dashboard" in tab.run(timeout=5).texts
                        self._note(number)
            except (OSError, websockets.WebSocketException, WaitTimeoutError):
                self.stopped.wait(BETWEEN_ATTEMPTS)

    def _note(self, number: int) -> None:
        with self.progress:
            self.runs[number] += 1
            self.progress.notify_all()

    def all_ran_again(self) -> bool:
        """Wait until each tab has run once more."""
        with self.progress:
            before = list(self.runs)
            return self.progress.wait_for(
                lambda: all(now > then for now, then in zip(self.runs, before, strict=True)), PATIENCE
            )


def call_the_api(server: RunningServer, stopped: threading.Event) -> list[str]:
    """Call it again and again; what was not right."""
    wrong: list[str] = []
    with httpx2.Client(base_url=server.base_url, trust_env=False, timeout=30) as http:
        while not stopped.is_set():
            try:
                answer = http.get("/api/users")
            except httpx2.HTTPError as error:
                wrong.append(repr(error))
            else:
                if answer.json() != [{"name": "Ada"}]:
                    wrong.append(f"{answer.status_code} {answer.text}")
    return wrong


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_api_never_fails_and_every_session_is_served_again_while_random_sidecars_are_killed(
    start_server: Callable[..., RunningServer],
) -> None:
    server = start_server(arguments=("--port", "0", "--sidecars", str(SIDECARS)))
    server.output.wait_for("warming → ready", timeout=PATIENCE, nth=SIDECARS)
    tabs = Tabs(server)
    with ThreadPoolExecutor(TABS + 1) as pool:
        calls = pool.submit(call_the_api, server, tabs.stopped)
        working = [pool.submit(tabs.work, number) for number in range(TABS)]
        try:
            assert tabs.all_ran_again()
            for kill in range(1, KILLS + 1):
                children = psutil.Process(server.process.pid).children()
                os.kill(random.choice(children).pid, signal.SIGKILL)
                server.output.wait_for("warming → ready", timeout=PATIENCE, nth=SIDECARS + kill)
            assert tabs.all_ran_again()
        finally:
            tabs.stopped.set()
        for tab in working:
            tab.result(PATIENCE)
        assert calls.result(PATIENCE) == []
