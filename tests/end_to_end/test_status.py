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


def test_a_reload_that_fails_says_why_and_leaves_the_old_pages(
    start_server: Callable[..., RunningServer],
    fluxlit: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:
    pages = """
from fluxlit import FluxLit

app = FluxLit()


@app.page("/")
def home(st):
    st.text("WORD")
"""
    code = tmp_path / "app.py"
    code.write_text(pages.replace("WORD", "the first"))
    pidfile = str(tmp_path / "server.pid")
    with_pidfile = {"FLUXLIT_NO_PIDFILE": ""}
    server = start_server(cwd=tmp_path, arguments=("--port", "0", "--pidfile", pidfile), env=with_pidfile)

    code.write_text("raise LookupError('no database here')")
    failed = fluxlit("reload", "--pidfile", pidfile, cwd=tmp_path, env=with_pidfile)
    shown = fluxlit("status", "--pidfile", pidfile, cwd=tmp_path, env=with_pidfile)
    with StreamlitSession(server.ws_url) as tab:
        assert "the first" in tab.run().texts

    assert failed.returncode == 1
    assert "goes on with the old code" in failed.stdout
    assert "no database here" in failed.stdout
    assert shown.returncode == 0
    assert "the last reload failed" in shown.stdout
    server.output.wait_for("The UI was not replaced", timeout=30)

    code.write_text(pages.replace("WORD", "the second"))
    assert fluxlit("reload", "--pidfile", pidfile, cwd=tmp_path, env=with_pidfile).returncode == 0
    with StreamlitSession(server.ws_url) as tab:
        assert "the second" in tab.run().texts
