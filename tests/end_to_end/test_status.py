"""`fluxlit status` on a real server: the gateway and each sidecar, with state, age, sessions, memory and restarts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer


def test_each_sidecar_has_its_figures(
    start_server: Callable[..., RunningServer],
    fluxlit: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:
    pidfile = str(tmp_path / "server.pid")
    arguments = ("--port", "0", "--sidecars", "2", "--pidfile", pidfile)
    server = start_server(arguments=arguments, env={"FLUXLIT_NO_PIDFILE": ""})
    server.output.wait_for("warming → ready", timeout=120, nth=2)

    with StreamlitSession(server.ws_url) as tab:
        tab.run()
        shown = fluxlit("status", "--json", "--pidfile", pidfile, cwd=tmp_path, env={"FLUXLIT_NO_PIDFILE": ""})

    status = json.loads(shown.stdout)
    assert status["gateway"]["memory_bytes"] > 0
    assert len(status["sidecars"]) == 2
    for sidecar in status["sidecars"]:
        assert sidecar["state"] == "ready"
        assert sidecar["age_seconds"] > 0
        assert sidecar["memory_bytes"] > 0
        assert sidecar["restarts"] == 0
    assert sum(sidecar["sessions"] for sidecar in status["sidecars"]) == 1
