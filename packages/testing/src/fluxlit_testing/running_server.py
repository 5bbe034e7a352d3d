"""A real server for a test: gateway, sidecars and all, in processes of their own, on a free port.

Lifecycle: `RunningServer.start` returns when the UI is ready; `stop` asks it to end (SIGTERM), waits, and kills it when
it does not. Use it as a context manager. Nothing is polled: the server says on its output where it listens and when the
UI is ready.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Self

from fluxlit_testing.errors import ServerStartError, WaitTimeoutError
from fluxlit_testing.process_output import ProcessOutput

if TYPE_CHECKING:
    import signal
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

__all__ = ("LISTENING", "START_SECONDS", "STOP_SECONDS", "UI_READY", "RunningServer")

START_SECONDS = 90.0
STOP_SECONDS = 20.0
LISTENING = r"(http://[^\s/]+:\d+)"
UI_READY = r"UI (?:is )?ready"


class RunningServer:
    """A FluxLit application served by a process of its own.

    Attributes:
        process: The server's process, leader of a process group of its own.
        output: What it has said on its standard output and error.
        base_url: Where it listens, such as `http://127.0.0.1:40123`, without a slash at the end.
    """

    def __init__(self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> None:
        """Start `command` in the folder `cwd`, with `env` over this process's environment."""
        self.process = subprocess.Popen(  # noqa: S603 - the command is the test's own
            list(command),
            cwd=cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        if self.process.stdout is None:
            raise ServerStartError(f"the server {command!r} has no output to read")
        self.output = ProcessOutput(self.process.stdout)
        self.base_url = ""

    @classmethod
    def start(
        cls,
        target: str = "app:app",
        *,
        cwd: Path,
        command: Sequence[str] = ("-m", "fluxlit", "run"),
        arguments: Sequence[str] = ("--port", "0"),
        env: Mapping[str, str] | None = None,
        ui: bool = True,
    ) -> Self:
        """Serve `target` (`module:attribute`, found from `cwd`) and wait until it answers.

        Args:
            target: The application.
            cwd: The folder to run in.
            command: What to run with this Python: `("-m", "fluxlit", "run")` or `("-m", "uvicorn")`.
            arguments: Further arguments; the default binds a free port.
            env: Variables over this process's environment.
            ui: Wait for the UI to be ready; otherwise only for the port.

        Raises:
            ServerStartError: It ended, or was not ready within 90 seconds; the message has its output.
        """
        server = cls([sys.executable, *command, target, *arguments], cwd=cwd, env=env)
        try:
            server.base_url = server.output.wait_for(LISTENING, timeout=START_SECONDS).group(1)
            if ui:
                server.output.wait_for(UI_READY, timeout=START_SECONDS)
        except WaitTimeoutError as error:
            server.stop()
            raise ServerStartError(f"the server for {target!r} did not get ready: {error}") from None
        except BaseException:
            server.stop()
            raise
        return server

    @property
    def ws_url(self) -> str:
        """The base URL with the scheme of WebSockets."""
        return "ws" + self.base_url.removeprefix("http")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server's process alone."""
        self.process.send_signal(number)

    def wait(self, *, timeout: float) -> int:
        """Wait up to `timeout` seconds for the end of the process; its exit code, negative for a signal.

        Raises:
            WaitTimeoutError: It still runs.
        """
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise WaitTimeoutError(f"still running after {timeout} s. Output:\n{self.output.text}") from None
        self.output.join(timeout=timeout)
        return code

    def stop(self) -> int:
        """End the server and everything in its process group; its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.wait(timeout=STOP_SECONDS)
        except WaitTimeoutError:
            self.process.kill()
            return self.wait(timeout=STOP_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
