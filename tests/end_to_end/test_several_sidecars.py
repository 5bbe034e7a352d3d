"""Several sidecars, and several workers: whatever a browser sends reaches the one that holds its session."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

import httpx2
import pytest

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer

BROWSERS = 40
FILES = 200
SHAPES: dict[str, tuple[tuple[str, ...], tuple[str, ...], dict[str, str]]] = {
    "four sidecars": (("-m", "fluxlit", "run"), ("--port", "0", "--sidecars", "4"), {}),
    "two workers, two sidecars": (("-m", "uvicorn"), ("--port", "0", "--workers", "2"), {"FLUXLIT_SIDECARS": "2"}),
}
APP = """
import os

from fluxlit import FluxLit

app = FluxLit()


@app.page("/")
def home(st):
    st.text(f"process {os.getpid()}")
    for number in range(5):
        st.download_button(f"file {number}", f"{os.getpid()}-{number}".encode() * 100, key=str(number))
    st.file_uploader("file")
"""


class Browser:
    """One visitor: its cookies, and a tab."""

    def __init__(self, server: RunningServer, stack: ExitStack) -> None:
        self.http = stack.enter_context(httpx2.Client(base_url=server.base_url, timeout=60, trust_env=False))
        self.http.get("/", headers={"accept": "text/html"})
        self.http.get("/_stcore/health")
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        self.tab = stack.enter_context(StreamlitSession(server.ws_url, headers={"Cookie": cookies}))
        self.run = self.tab.run()

    @property
    def process(self) -> str:
        return next(text for text in self.run.texts if text.startswith("process "))

    def upload(self) -> int:
        path = self.tab.upload_path("notes.txt")
        token = self.http.cookies.get("_streamlit_xsrf") or ""
        files = {"notes.txt": ("notes.txt", b"some notes")}
        return self.http.put(path, files=files, headers={"X-Xsrftoken": token}).status_code

    def downloads(self) -> list[int]:
        urls = [message.delta.new_element.download_button.url for message in self.run.messages]
        return [self.http.get(url).status_code for url in urls if url]


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("shape", SHAPES)
def test_uploads_and_media_reach_the_sidecar_of_their_session(
    start_server: Callable[..., RunningServer], tmp_path: Path, shape: str
) -> None:
    (tmp_path / "app.py").write_text(APP)
    command, arguments, env = SHAPES[shape]
    server = start_server(cwd=tmp_path, command=command, arguments=arguments, env=env)
    wait_for_all_sidecars(server, int(env.get("FLUXLIT_SIDECARS", 4)))

    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        browsers = list(pool.map(Browser, [server] * BROWSERS, [stack] * BROWSERS))
        uploads = list(pool.map(Browser.upload, browsers))
        media = [status for statuses in pool.map(Browser.downloads, browsers) for status in statuses]

    assert len({browser.process for browser in browsers}) > 1, "one sidecar alone proves nothing"
    assert uploads == [204] * BROWSERS
    assert media == [200] * FILES


def wait_for_all_sidecars(server: RunningServer, count: int) -> None:
    for nth in range(1, count + 1):
        server.output.wait_for(r"warming → ready", timeout=120, nth=nth)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_death_of_one_sidecar_is_felt_by_its_own_sessions_alone(
    start_server: Callable[..., RunningServer], tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(APP)
    server = start_server(cwd=tmp_path, arguments=("--port", "0", "--sidecars", "2"))
    wait_for_all_sidecars(server, 2)

    with ExitStack() as stack:
        browsers = [Browser(server, stack) for _ in range(6)]
        victim = browsers[0].process
        others = [browser for browser in browsers if browser.process != victim]
        assert others, "the six are spread over both sidecars"

        kill(int(victim.removeprefix("process ")))

        for browser in others:
            assert next(text for text in browser.tab.run().texts if text.startswith("process ")) == browser.process
        assert httpx2.get(f"{server.base_url}/api/healthz", trust_env=False, timeout=30).status_code == 200
        server.output.wait_for("warming → ready", timeout=120, nth=3)
        again = Browser(server, stack)
        assert again.process != victim


def kill(pid: int) -> None:
    import os
    import signal

    # A page of the server under test said that this is its process.
    os.kill(pid, signal.SIGKILL)
