"""`runtime = "native"`: the same application, with the pages inside the gateway process."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import httpx2
import psutil

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer

NATIVE = {"FLUXLIT_RUNTIME": "native"}


def test_route_page_and_socket_are_served_by_one_process(
    start_server: Callable[..., RunningServer], runtime_base: Path
) -> None:
    server = start_server(env=NATIVE, command=("-m", "uvicorn"))

    assert not psutil.Process(server.process.pid).children()
    assert httpx2.get(f"{server.base_url}/api/users", trust_env=False, timeout=30).json() == [{"name": "Ada"}]
    with StreamlitSession(server.ws_url) as tab:
        first = tab.run()
        assert "Dashboard" in first.texts
        assert "Refreshed" in tab.click(first.widget_id("Refresh")).texts

    # Pages call the API in process: the private folder holds no socket.
    assert not [path for path in runtime_base.rglob("*") if path.is_socket()]

    server.signal(signal.SIGTERM)
    server.wait(timeout=5)
    assert "Traceback" not in server.output.text
    # Streamlit takes uvicorn's loggers for its own where it is let.
    assert server.output.text.count("Application startup complete") == 1


def test_several_sidecars_are_refused_with_the_remedy(
    fluxlit: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text("from fluxlit import FluxLit\n\napp = FluxLit()\n")

    result = fluxlit("run", "--port", "0", "--sidecars", "2", cwd=tmp_path, env=NATIVE)

    assert result.returncode == 3
    assert "native" in result.stderr
    assert "sidecars=1" in result.stderr
    assert "Traceback" not in result.stderr
