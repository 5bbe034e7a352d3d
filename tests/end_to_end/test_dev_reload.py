"""`fluxlit dev --reload`: saved API code is served at once, and open pages stay where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer

ROUTES = """
from fastapi import APIRouter

router = APIRouter()


@router.get("/answer")
def answer() -> int:
    return ANSWER
"""
APP = """
from fluxlit import FluxLit
from routes import router

app = FluxLit()
app.api.include_router(router)


@app.page("/")
def home(st, client):
    st.session_state.clicks = st.session_state.get("clicks", 0) + st.button("Click")
    st.write(f"{st.session_state.clicks} clicks, answer {client.get('/answer').json()}")
"""


def test_saving_a_route_reloads_the_api_and_keeps_the_pages_state(
    start_server: Callable[..., RunningServer], tmp_path: Path
) -> None:
    (tmp_path / "routes.py").write_text(ROUTES.replace("ANSWER", "41"))
    (tmp_path / "app.py").write_text(APP)
    server = start_server(
        cwd=tmp_path, command=("-m", "fluxlit", "dev"), arguments=("--port", "0", "--reload"), env={"FLUXLIT_TESTS": ""}
    )
    sidecar = process_of_the_sidecar(server)

    with StreamlitSession(server.ws_url) as tab:
        first = tab.run()
        assert "0 clicks, answer 41" in first.texts
        assert "1 clicks, answer 41" in tab.click(first.widget_id("Click")).texts

    (tmp_path / "routes.py").write_text(ROUTES.replace("ANSWER", "42"))
    server.output.wait_for(r"routes\.py changed; reloading", timeout=60)
    server.output.wait_for("UI ready", timeout=60, nth=2)

    assert httpx2.get(f"{server.base_url}/api/answer", trust_env=False, timeout=30).json() == 42
    assert process_of_the_sidecar(server) == sidecar


def process_of_the_sidecar(server: RunningServer) -> str:
    status = httpx2.get(f"{server.base_url}/api/readyz", trust_env=False, timeout=30).json()
    return status["sidecars"][0]["name"]


def test_the_full_scope_replaces_the_sidecars_too(start_server: Callable[..., RunningServer], tmp_path: Path) -> None:
    (tmp_path / "routes.py").write_text(ROUTES.replace("ANSWER", "41"))
    (tmp_path / "app.py").write_text(APP)
    arguments = ("--port", "0", "--reload", "--reload-scope", "full")
    server = start_server(cwd=tmp_path, command=("-m", "fluxlit", "dev"), arguments=arguments)
    before = process_of_the_sidecar(server)

    (tmp_path / "routes.py").write_text(ROUTES.replace("ANSWER", "42"))
    server.output.wait_for(r"warming → ready", timeout=60, nth=2)

    assert process_of_the_sidecar(server) != before
    with StreamlitSession(server.ws_url) as tab:
        assert "0 clicks, answer 42" in tab.run().texts


def test_a_syntax_error_is_shown_and_the_next_good_save_recovers(
    start_server: Callable[..., RunningServer], tmp_path: Path
) -> None:
    (tmp_path / "routes.py").write_text(ROUTES.replace("ANSWER", "41"))
    (tmp_path / "app.py").write_text(APP)
    server = start_server(cwd=tmp_path, command=("-m", "fluxlit", "dev"), arguments=("--port", "0", "--reload"))

    (tmp_path / "routes.py").write_text("def broken(:\n")
    server.output.wait_for(r"SyntaxError|invalid syntax", timeout=60)
    (tmp_path / "routes.py").write_text(ROUTES.replace("ANSWER", "42"))
    server.output.wait_for("UI ready", timeout=60, nth=2)

    assert httpx2.get(f"{server.base_url}/api/answer", trust_env=False, timeout=30).json() == 42
