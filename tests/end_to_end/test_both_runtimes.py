"""What a page and a visitor can do is the same in a sidecar and in the native runtime."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import httpx2
import pytest

from fluxlit_testing.running_server import RunningServer
from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@app.page("/state")
def state() -> None:
    st.session_state.clicks = st.session_state.get("clicks", 0) + st.button("Press")
    st.text(f"{st.session_state.clicks} clicks")


@app.page("/files")
def files() -> None:
    st.download_button("Save", b"content", "file.txt")
    st.audio(b"RIFF", format="audio/wav")
    st.file_uploader("File")


@app.page("/error")
def error() -> None:
    st.text("before")
    raise LookupError("a secret of the page")


@app.page("/link")
def link() -> None:
    st.text(f"word={st.query_params.get('word')}")
"""


@pytest.fixture(scope="module", params=["sidecar", "native"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests of a runtime. How it ends is compared too: in good order, with nothing left."""
    project, runtime_base = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("r")
    (project / "app.py").write_text(APP)
    env = {"FLUXLIT_RUNTIME": str(request.param), "FLUXLIT_NO_PIDFILE": "1", "XDG_RUNTIME_DIR": str(runtime_base)}
    with RunningServer.start(cwd=project, env=env) as server:
        yield server
        server.signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
    assert list(runtime_base.iterdir()) == []


@pytest.fixture
def http(served: RunningServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=served.base_url, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def tab(served: RunningServer) -> Iterator[StreamlitSession]:
    with StreamlitSession(served.ws_url) as session:
        yield session


def test_api_documentation_probes_and_pages_are_on_one_port(http: httpx2.Client) -> None:
    assert http.post("/api/echo", content=b"four").json()["bytes"] == 4
    assert http.get("/api/openapi.json").json()["info"]["title"] == "Both"
    assert http.get("/api/docs").status_code == 200
    assert [http.get(f"/api/{probe}").status_code for probe in ("healthz", "readyz", "startupz")] == [200] * 3
    for path in ("/", "/state"):
        page = http.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")


def test_pages_call_the_api(tab: StreamlitSession) -> None:
    assert json.loads(tab.run().texts[0]) == {
        "echo": {"bytes": 300_000, "path": "/api/echo", "host": "localhost"},
        "async": 5,
        "lines": ["0", "1", "2"],
        "broken": 500,
        "gc": False,
        "watcher": "none",
    }


def test_a_session_keeps_its_state_and_has_it_alone(tab: StreamlitSession, served: RunningServer) -> None:
    button = tab.run(page="state").widget_id("Press")
    assert "1 clicks" in tab.click(button).texts
    assert "2 clicks" in tab.click(button).texts
    with StreamlitSession(served.ws_url) as other:
        assert "0 clicks" in other.run(page="state").texts


def test_pages_give_files_and_media(tab: StreamlitSession, http: httpx2.Client) -> None:
    elements = [message.delta.new_element for message in tab.run(page="files").messages]
    (download,) = [url for element in elements if (url := element.download_button.url)]
    (media,) = [url for element in elements if (url := element.audio.url)]
    saved = http.get(download)
    assert saved.content == b"content"
    assert "file.txt" in saved.headers["content-disposition"]
    assert http.get(media).content == b"RIFF"
    assert http.get("/media/no-such-file.wav").status_code == 404


def test_pages_take_files(tab: StreamlitSession, http: httpx2.Client) -> None:
    tab.run(page="files")
    path = tab.upload_path("notes.txt")
    file = {"notes.txt": ("notes.txt", b"notes")}
    assert http.put(path, files=file).status_code == 403
    http.get("/_stcore/health")
    token = {"X-Xsrftoken": http.cookies.get("_streamlit_xsrf") or ""}
    assert http.put(path, files=file, headers=token).status_code == 204
    assert http.delete(path, headers=token).status_code == 204


def test_an_unknown_page_says_so_and_shows_the_first(tab: StreamlitSession, http: httpx2.Client) -> None:
    run = tab.run(page="nowhere")
    assert [message.HasField("page_not_found") for message in run.messages].count(True) == 1
    assert json.loads(run.texts[0])["async"] == 5
    assert http.get("/nowhere", headers={"Accept": "text/html"}).status_code == 200


def test_an_error_in_a_page_shows_an_id_and_no_secret_and_the_others_work(
    tab: StreamlitSession, served: RunningServer
) -> None:
    run = tab.run(page="error")
    assert "before" in run.texts
    shown = str([message.delta for message in run.messages])
    assert "a secret of the page" not in shown
    served.output.wait_for("LookupError: a secret of the page", timeout=30)
    with StreamlitSession(served.ws_url) as other:
        assert "0 clicks" in other.run(page="state").texts


def test_a_deep_link_opens_its_page_with_its_query(tab: StreamlitSession) -> None:
    assert "word=hello" in tab.run(page="link", query="word=hello").texts


def test_a_socket_from_another_site_is_refused(served: RunningServer) -> None:
    with pytest.raises(Exception, match="403"):
        StreamlitSession(served.ws_url, origin="http://evil.example")
