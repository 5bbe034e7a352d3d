"""``fluxlit status --watch`` on a terminal: one screen, drawn again and again."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 60


def read_until(terminal: int, wanted: bytes, *, times: int) -> bytes:
    """What the terminal shows until it has shown ``wanted`` so many times."""
    seen, deadline = b"", time.monotonic() + PATIENCE
    while seen.count(wanted) < times:
        readable, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        assert readable, seen
        seen += os.read(terminal, 65_536)
    return seen


def test_a_terminal_is_redrawn_in_place_until_ctrl_c(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "fluxlit_cli", "status", "--watch", "--interval", "0.1"]
    command += ["--pidfile", str(tmp_path / "none.pid")]
    env = {**os.environ, "TERM": "xterm-256color"}
    watching = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=env)
    os.close(theirs)
    try:
        shown = read_until(ours, b"Ctrl-C ends this", times=2)
        # The alternate screen, so that the terminal is as it was before when this ends.
        assert b"\x1b[?1049h" in shown
        assert b"not running" in shown
        watching.send_signal(signal.SIGINT)
        read_until(ours, b"\x1b[?1049l", times=1)
        assert watching.wait(timeout=PATIENCE) == 130
    finally:
        watching.kill()
        watching.wait(timeout=PATIENCE)
        os.close(ours)
