"""A tiny application that meets the command's Protocol, and commands run as real processes."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import pytest

WAIT_SECONDS = 150.0

TINY_APP = """
import asyncio, json, os


class Settings:
    gateway_host = "127.0.0.1"
    gateway_port = 0
    log_level = "info"
    log_format = "console"
    api_mount_path = "/api"
    trust_proxy = False
    forwarded_allow_ips = None
    runtime = "native"
    uvicorn_graceful_shutdown_timeout_s = float(os.environ.get("TINY_GRACE", "3"))

    def __init__(self):
        for name, (_, value) in json.loads(os.environ.get("FLUXLIT_COMMAND_LINE", "{}")).items():
            setattr(self, name, value)


class Tiny:
    title = "Tiny"
    import_target = None

    def __init__(self):
        self.settings = Settings()

    async def wait_until_ready(self, timeout=None):
        pass

    def log_config(self):
        from fluxlit.logging.configuration import log_config

        return log_config(level=self.settings.log_level, style=self.settings.log_format)

    def status(self):
        return {}

    async def reload_ui(self):
        print("reload_ui was called", flush=True)

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            if os.environ.get("TINY_FAILS"):
                await send({"type": "lifespan.startup.failed", "message": "the database is away"})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
            print("lifespan ended", flush=True)
            await send({"type": "lifespan.shutdown.complete"})
            return
        ready = {"status": "ready", "sidecars": [{"name": "s1", "state": "ready", "pid": os.getpid(), "restarts": 2}]}
        body = json.dumps(ready).encode() if scope["path"].endswith("/readyz") else b"ANSWER"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while scope["path"] == "/endless":
            await send({"type": "http.response.body", "body": b"data: 1\\n\\n", "more_body": True})
            await asyncio.sleep(0.05)
        if scope["path"] == "/whoami":
            body = json.dumps([os.getpid(), self.import_target, vars(self.settings)]).encode()
        await send({"type": "http.response.body", "body": body})


app = Tiny()
"""


class Command:
    """A command that runs; what it writes is read line by line."""

    def __init__(
        self, arguments: Sequence[str], folder: Path, environ: dict[str, str], *, pass_fds: Sequence[int] = ()
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fluxlit_cli", *arguments],
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            pass_fds=pass_fds,
        )
        self.lines: list[str] = []
        self._incoming: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                self._incoming.put(line.rstrip("\n"))
        self._incoming.put(None)

    @property
    def text(self) -> str:
        """What was written, but for what a busy machine is told."""
        return "\n".join(line for line in self.lines if not line.startswith("[fluxlit] Still importing"))

    def line_with(self, wanted: str) -> str:
        """The next line that holds `wanted`."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            line = self._incoming.get(timeout=max(deadline - time.monotonic(), 0.01))
            assert line is not None, f"ended without {wanted!r}:\n{self.text}"
            self.lines.append(line)
            if wanted in line:
                return line

    def url(self) -> str:
        """The address of the UI, once it is ready."""
        return self.line_with("UI ready").rpartition(" ")[2].rstrip("/")

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """The exit code; everything written until then is in `lines`."""
        code = self.process.wait(WAIT_SECONDS)
        while (line := self._incoming.get(timeout=WAIT_SECONDS)) is not None:
            self.lines.append(line)
        self._reader.join(WAIT_SECONDS)
        return code

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(WAIT_SECONDS)
        self._reader.join(WAIT_SECONDS)


Run = Callable[..., Command]


@pytest.fixture
def environ() -> dict[str, str]:
    """This environment without FluxLit's own variables."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("FLUXLIT_", "PUBLIC_BASE"))}
    return clean | {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "COLUMNS": "120"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the tiny application in app.py."""
    (tmp_path / "app.py").write_text(TINY_APP, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(folder: Path, environ: dict[str, str]) -> Generator[Run]:
    """Start a command in the folder; it is ended with the test."""
    started: list[Command] = []

    def start(*arguments: str, cwd: Path | None = None, pass_fds: Sequence[int] = (), **variables: str) -> Command:
        command = Command(arguments, cwd or folder, environ | variables, pass_fds=pass_fds)
        started.append(command)
        return command

    yield start
    for command in started:
        command.close()
