"""`fluxlit.runtime` by its documented functions."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from fluxlit import FluxLit
from fluxlit.runtime import (
    asgi_from_fluxlit,
    create_gateway_app,
    create_unified_app,
    default_pidfile_path,
    find_free_port,
    internal_api_base_url,
    load_fluxlit,
    read_streamlit_upstream_url,
    resolve_import_target_for_unified,
    run_unified,
    shutdown_unified_process,
    update_streamlit_upstream_file,
    write_streamlit_upstream_state,
)
from fluxlit.runtime.workbench import browser_base_url, format_workbench_startup_message, loopback_browser_host
from fluxlit_testing import RunningServer

if TYPE_CHECKING:
    from collections.abc import Callable

APP = """
from fluxlit import FluxLit

app = FluxLit(title="Portal")
number = 7


@app.api.get("/users")
def users() -> list[str]:
    return ["Ada"]


@app.page("/")
def home(st, client):
    st.title("Portal")
"""
PROGRAM = """
from fluxlit.runtime import run_unified

print("main", __name__)
if __name__ == "__main__":
    run_unified("app:app", port=0)
"""


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FLUXLIT_APP", "FLUXLIT_STREAMLIT_UPSTREAM", "FLUXLIT_STREAMLIT_UPSTREAM_FILE", "FLUXLIT_PIDFILE"):
        # Set first, so that what the functions set is undone as well.
        monkeypatch.setenv(name, "")


def test_a_free_port_can_be_bound() -> None:
    with socket.create_server(("127.0.0.1", find_free_port())):
        pass


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:8000/api"),
        ("0.0.0.0", "http://127.0.0.1:8000/api"),
        ("::", "http://127.0.0.1:8000/api"),
        ("::1", "http://[::1]:8000/api"),
        ("portal", "http://portal:8000/api"),
    ],
)
def test_the_api_has_an_address_on_this_machine(host: str, url: str) -> None:
    assert internal_api_base_url(bind_host=host, port=8000, api_mount_path="/api") == url


def test_applications_are_loaded_by_name_and_by_file(write_app: Callable[[str], str]) -> None:
    target = write_app(APP)

    app = load_fluxlit(target)

    assert isinstance(app, FluxLit)
    assert load_fluxlit("app.py:app") is app
    for wrong, error in {
        "app": ValueError,
        "nothing:app": ModuleNotFoundError,
        "app:nothing": AttributeError,
        "app:number": TypeError,
    }.items():
        with pytest.raises(error):
            load_fluxlit(wrong)


def test_the_import_target_is_found_in_the_documented_order(
    write_app: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_app(APP)

    assert resolve_import_target_for_unified(FluxLit()) == "app:app"
    Path("fluxlit.toml").write_text('target = "file:app"\n')
    assert resolve_import_target_for_unified(FluxLit()) == "file:app"
    monkeypatch.setenv("FLUXLIT_APP", "environment:app")
    assert resolve_import_target_for_unified(FluxLit()) == "environment:app"
    assert resolve_import_target_for_unified(FluxLit(import_target="own:app")) == "own:app"


def test_factories_say_what_they_miss(write_app: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    target = write_app(APP)
    for factory in (create_unified_app, create_gateway_app):
        with pytest.raises(RuntimeError, match="FLUXLIT_APP"):
            factory()
    with pytest.raises(ValueError, match="blank"):
        asgi_from_fluxlit(FluxLit(), " ")

    monkeypatch.setenv("FLUXLIT_APP", target)
    with pytest.raises(RuntimeError, match="FLUXLIT_STREAMLIT_UPSTREAM"):
        create_gateway_app()
    assert create_unified_app() is load_fluxlit(target)


def test_a_gateway_stands_in_front_of_a_server_of_ones_own(
    write_app: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLUXLIT_APP", write_app(APP))
    file = write_streamlit_upstream_state("http://127.0.0.1:9/")
    assert read_streamlit_upstream_url() == "http://127.0.0.1:9"
    assert os.environ["FLUXLIT_STREAMLIT_UPSTREAM_FILE"] == str(file)
    update_streamlit_upstream_file(file, "http://127.0.0.1:10")
    assert read_streamlit_upstream_url() == "http://127.0.0.1:10"

    client = TestClient(create_gateway_app())

    assert client.get("/api/users").json() == ["Ada"]
    assert client.get("/").status_code == 502
    file.unlink()


def test_pidfiles_have_their_documented_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert default_pidfile_path() == tmp_path / ".fluxlit-dev.pid"
    assert shutdown_unified_process()[0] == 2
    monkeypatch.setenv("FLUXLIT_PIDFILE", str(tmp_path / "own.pid"))
    assert default_pidfile_path() == tmp_path / "own.pid"
    assert default_pidfile_path(tmp_path / "given.pid") == tmp_path / "given.pid"


def test_a_program_serves_with_run_unified_and_is_shut_down(
    write_app: Callable[[str], str], tmp_path: Path, runtime_base: Path
) -> None:
    write_app(APP)
    (tmp_path / "serve.py").write_text(PROGRAM)
    environment = {"XDG_RUNTIME_DIR": str(runtime_base), "FLUXLIT_NO_PIDFILE": ""}

    with RunningServer.start(cwd=tmp_path, command=("serve.py",), env=environment) as server:
        code, message = shutdown_unified_process(tmp_path / ".fluxlit-dev.pid", wait_s=60)

        assert (code, server.wait(timeout=60)) == (0, 0), message
    assert not (tmp_path / ".fluxlit-dev.pid").exists()


def test_an_unknown_reload_scope_is_refused_before_anything_starts() -> None:
    with pytest.raises(ValueError, match="'everything'"):
        run_unified("app:app", reload=True, reload_scope="everything")  # pyright: ignore[reportArgumentType] - the point


def test_workbench_says_where_it_is() -> None:
    assert loopback_browser_host("0.0.0.0") == loopback_browser_host("[::]") == "127.0.0.1"
    assert browser_base_url("::1", 8000, scheme="https") == "https://[::1]:8000"

    message = format_workbench_startup_message(
        app_title="",
        bind_host="0.0.0.0",
        bind_port=8000,
        root_mount_norm="/apps/portal",
        api_mount_path="/api",
        public_base_url="https://connect.example.org/apps/portal",
        proxy_headers_on=True,
    )

    lines = message.splitlines()
    assert all(line.startswith("[fluxlit] ") for line in lines)
    for part in (
        "FluxLit",
        "http://127.0.0.1:8000/apps/portal/",
        "/api/healthz",
        "/api/docs",
        "https://connect.example",
    ):
        assert part in message
