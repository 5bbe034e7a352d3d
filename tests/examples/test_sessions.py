"""`examples/sessions` without a browser: the store in memory, and what is refused. The others: `tests/sessions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer


def test_in_one_process_the_store_may_be_memory(start_server: Callable[..., RunningServer], examples: Path) -> None:
    env = {"FLUXLIT_SESSION_STORE": "memory://", "FLUXLIT_RUNTIME": "native"}
    server = start_server(cwd=examples / "sessions", env=env)
    page = httpx2.get(server.base_url, headers={"accept": "text/html"}, trust_env=False)
    cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in page.cookies.items())}

    with StreamlitSession(server.ws_url, headers=cookies) as tab:
        ended = tab.click(tab.run().widget_id("Forget me"))
    with StreamlitSession(server.ws_url, headers=cookies) as tab:
        still = tab.run()
    with StreamlitSession(server.ws_url) as tab:
        stranger = tab.run()

    assert any("has ended" in text for text in ended.texts)
    assert any("has ended" in text for text in still.texts)
    assert "order: empty" in stranger.texts


def test_memory_is_refused_for_pages_in_other_processes(
    fluxlit: Callable[..., subprocess.CompletedProcess[str]], examples: Path
) -> None:
    done = fluxlit("run", "--port", "0", cwd=examples / "sessions", env={"FLUXLIT_SESSION_STORE": "memory://"})

    assert done.returncode != 0
    assert "FLUXLIT_RUNTIME=native" in done.stdout + done.stderr
