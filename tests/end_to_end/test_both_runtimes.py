"""What a page can do is the same in a sidecar and in the native runtime."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx2
import pytest

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer

APP = """
import asyncio
import json

import streamlit as st
from fastapi import Request
from fastapi.responses import StreamingResponse

from fluxlit import ApiClient, FluxLit
from fluxlit_client import AsyncApiClient

app = FluxLit(title="Both")


@app.api.post("/echo")
async def echo(request: Request):
    return {"bytes": len(await request.body()), "path": request.url.path, "host": request.headers["host"]}


@app.api.get("/count")
async def count():
    async def lines():
        for number in range(3):
            yield f"{number}\\n"

    return StreamingResponse(lines(), media_type="text/plain")


@app.api.get("/broken")
def broken():
    raise LookupError("no such thing")


@app.page("/")
def home(client: ApiClient) -> None:
    async def asked() -> int:
        async with AsyncApiClient() as later:
            return (await later.post("/echo", content=b"async")).json()["bytes"]

    with client.stream("GET", "/count") as answer:
        lines = list(answer.iter_lines())
    facts = {
        "echo": client.post("/echo", content=b"x" * 300_000).json(),
        "async": asyncio.run(asked()),
        "lines": lines,
        "broken": client.request("GET", "/broken").status_code,
        "gc": st.get_option("runner.postScriptGC"),
        "watcher": st.get_option("server.fileWatcherType"),
    }
    st.text(json.dumps(facts))
    st.download_button("Save", b"content", "file.txt")
    file = st.file_uploader("File")
    if st.button("Press"):
        st.text("pressed")
"""


@pytest.mark.parametrize("runtime", ["sidecar", "native"])
def test_pages_call_the_api_take_files_and_give_files(
    start_server: Callable[..., RunningServer], tmp_path: Path, runtime: str
) -> None:
    (tmp_path / "app.py").write_text(APP)
    server = start_server(cwd=tmp_path, env={"FLUXLIT_RUNTIME": runtime})

    with StreamlitSession(server.ws_url) as tab, httpx2.Client(base_url=server.base_url, trust_env=False) as http:
        run = tab.run()
        assert json.loads(run.texts[0]) == {
            "echo": {"bytes": 300_000, "path": "/api/echo", "host": "localhost"},
            "async": 5,
            "lines": ["0", "1", "2"],
            "broken": 500,
            "gc": False,
            "watcher": "none",
        }
        assert "pressed" in tab.click(run.widget_id("Press")).texts
        (url,) = [url for message in run.messages if (url := message.delta.new_element.download_button.url)]
        assert http.get(url, timeout=30).content == b"content"
        http.get("/_stcore/health", timeout=30)
        answer = http.put(
            tab.upload_path("notes.txt"),
            files={"notes.txt": ("notes.txt", b"notes")},
            headers={"X-Xsrftoken": http.cookies.get("_streamlit_xsrf") or ""},
            timeout=30,
        )
        assert answer.status_code == 204
