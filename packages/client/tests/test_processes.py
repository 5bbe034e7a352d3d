"""What holds for a whole process, looked at in fresh ones: imports, file descriptors, forks, exit, TLS."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI, Request

if TYPE_CHECKING:
    from conftest import RunningApi, Serve

app = FastAPI()


@app.get("/port")
def port(request: Request) -> int | None:
    return request.client.port if request.client else None


@pytest.fixture(scope="module")
def api(serve: Serve) -> RunningApi:
    return serve(app)


def run(code: str, *arguments: str, environment: dict[str, str] | None = None) -> str:
    """Run code in a fresh interpreter in which every warning, a forgotten socket's too, is an error."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", dedent(code), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_the_import_loads_neither_streamlit_nor_fastapi_nor_a_server() -> None:
    loaded = run("import sys, fluxlit_client; print(*sorted({name.partition('.')[0] for name in sys.modules}))").split()
    assert {"httpx2", "pydantic"} <= set(loaded)
    assert not {"streamlit", "fastapi", "starlette", "uvicorn", "typer", "pandas", "fluxlit"} & set(loaded)


def test_u7_clients_of_sixty_sessions_leave_no_file_descriptors_behind(api: RunningApi) -> None:
    code = """
        import os, sys, threading
        from fluxlit_client import ApiClient

        def open_files():
            return len(os.listdir("/proc/self/fd"))

        def session(rounds=3):
            for _ in range(rounds):
                assert ApiClient(sys.argv[1]).with_bearer("token").get("/port").status_code == 200

        session()
        before = open_files()
        for _ in range(60):
            session()
        print(open_files() - before)
        threads = [threading.Thread(target=session) for _ in range(60)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(open_files() - before)
    """
    for base_url in (api.tcp, api.unix):
        one_after_another, at_once = map(int, run(code, base_url).split())
        assert one_after_another == 0
        # What is kept for the next requests is bounded, whatever the number of sessions.
        assert at_once < 10


def test_no_tls_context_is_built_for_unix_sockets_and_plain_http(api: RunningApi) -> None:
    code = """
        import ssl, sys

        class Refused(ssl.SSLContext):
            def load_verify_locations(self, *args, **kwargs):
                raise AssertionError("certificate authorities loaded")
            load_default_certs = set_default_verify_paths = load_verify_locations

        ssl.SSLContext = Refused
        from fluxlit_client import ApiClient
        for base_url in sys.argv[1:]:
            ApiClient(base_url).get("/port")
        ApiClient("https://example.com")
        print("none")
    """
    assert run(code, api.tcp, api.unix) == "none"


def test_a_forked_child_opens_connections_of_its_own(api: RunningApi) -> None:
    code = """
        import os, sys
        from fluxlit_client import ApiClient

        client = ApiClient(sys.argv[1])
        before = client.get("/port").json()
        child = os.fork()
        if child == 0:
            os._exit(0 if client.get("/port").json() not in (before, None) else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert client.get("/port").json() == before
        print("own")
    """
    assert run(code, api.tcp) == "own"


def test_loops_end_without_warnings_and_without_anybody_closing_anything(api: RunningApi) -> None:
    code = """
        import asyncio, sys
        from fluxlit_client import AsyncApiClient

        client = AsyncApiClient(sys.argv[1])

        async def main():
            return (await client.get("/port")).status_code

        print(asyncio.run(main()), asyncio.run(main()))
    """
    assert run(code, api.unix) == "200 200"


def test_an_abandoned_stream_does_not_disturb_the_exit(api: RunningApi) -> None:
    code = """
        import sys
        from fluxlit_client import ApiClient
        stream = ApiClient(sys.argv[1]).stream_text("/port")
        print(next(stream).isdigit() or "null")
    """
    assert run(code, api.tcp) == "True"
