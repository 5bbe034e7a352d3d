from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import websockets

from fluxlit_sidecar import SidecarStartError, streamlit_child
from fluxlit_sidecar.streamlit_server.headless_browser import HeadlessBrowser, button_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    from fluxlit_sidecar import SidecarPool

PATIENCE = 90.0
PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("page.py", "hook.py"):
        shutil.copy(PROGRAMS / name, tmp_path)
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit/config.toml").write_text('[theme]\nprimaryColor = "#123456"\n[server]\nmaxUploadSize = 7\n')
    (tmp_path / ".streamlit/secrets.toml").write_text('word = "xyzzy"\n')
    return tmp_path


@pytest.fixture
def serve(pools: Any, project: Path) -> Callable[..., Any]:
    async def start(**options: Any) -> Any:
        options = {"warm_imports": (), "folder": project, **options}
        pool = pools(streamlit_child(project / "page.py", **options), start_timeout=PATIENCE)
        await pool.start()
        await pool.wait_until_ready(PATIENCE)
        return pool

    return start


def texts(messages: Iterable[ForwardMsg]) -> list[str]:
    elements = [message.delta.new_element for message in messages if message.WhichOneof("type") == "delta"]
    return [element.text.body for element in elements if element.WhichOneof("type") == "text"]


async def facts_of(address: str, **options: Any) -> dict[str, Any]:
    browser = await HeadlessBrowser.open(address, **options)
    async with browser:
        return json.loads(texts(await browser.run())[0])


async def test_a_page_runs_and_its_button_works_as_under_streamlit_run(
    serve: Any, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="fluxlit.sidecar")
    pool = await serve(
        setup="hook:prepare", arguments=("--colour", "red"), env={"STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "9"}
    )
    (target,) = pool.targets()
    browser = await HeadlessBrowser.open(target.address)
    async with browser:
        messages = await browser.run()
        assert "pressed" in texts(await browser.run(pressed=button_ids(messages)))
    facts = json.loads(texts(messages)[0])
    assert facts["argv"] == [str(project / "page.py"), "--colour", "red"]
    assert str(project) in facts["path"][:2]  # Streamlit 1.57 puts the script's own file before its folder
    assert facts["name"] == "__main__"
    assert facts["left"] == ["FLUXLIT_SIDECAR_NAME"]
    assert facts["setup"] == "yes"
    assert facts["secret"] == "xyzzy"
    assert facts["options"] == {
        "server.maxUploadSize": 9,
        "server.fileWatcherType": "none",
        "runner.postScriptGC": False,
        "browser.gatherUsageStats": False,
        "server.headless": True,
        "server.enableXsrfProtection": True,
        "server.cookieSecret": facts["options"]["server.cookieSecret"],
        "theme.primaryColor": "#123456",
    }
    told = [record for record in caplog.records if "page ran" in record.getMessage()]
    assert [(record.levelname, vars(record)["source"]) for record in told] == [("WARNING", "shop")] * 2


async def test_dev_mode_keeps_the_watcher_and_flags_win(serve: Any) -> None:
    pool = await serve(mode="dev", streamlit_options={"server.maxUploadSize": 3, "runner.postScriptGC": False})
    options = (await facts_of(pool.targets()[0].address))["options"]
    assert options["server.fileWatcherType"] == "auto"
    assert options["server.maxUploadSize"] == 3


async def test_origins_xsrf_users_and_base_path_behave_behind_a_gateway(serve: Any) -> None:
    pool = await serve(
        base_url_path="/shop", allowed_origins=("https://partner.example",), trusted_user_headers={"X-User": "login"}
    )
    address = pool.targets()[0].address
    for origin in ("https://shop.example", "https://partner.example"):
        facts = await facts_of(
            address, base_url_path="shop", host="shop.example", headers={"Origin": origin, "X-User": "ada"}
        )
        assert facts["user"]["login"] == "ada"
    with pytest.raises(websockets.InvalidStatus, match="403"):
        await facts_of(address, base_url_path="shop", headers={"Origin": "https://evil.example"})
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(address.removeprefix("unix:"))) as session:
        async with session.put("http://localhost/shop/_stcore/upload_file/a/b") as answer:
            assert answer.status == 403
        async with session.get("http://localhost/shop/_stcore/health") as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_message_of_many_megabytes_passes(serve: Any) -> None:
    pool = await serve(env={"PAGE_BYTES": "20000000"})
    browser = await HeadlessBrowser.open(pool.targets()[0].address)
    async with browser:
        sizes = [message.ByteSize() for message in await browser.run()]
    assert max(sizes) > 20_000_000


async def test_sidecars_share_the_cookie_secret_and_count_their_sessions(serve: Any) -> None:
    pool = await serve()
    first = await facts_of(pool.targets()[0].address)
    await pool.replace()
    fresh = next(target for target in pool.targets() if target.accepts_new)
    browser = await HeadlessBrowser.open(fresh.address)
    async with browser:
        second = json.loads(texts(await browser.run())[0])
        assert fresh.active_sessions == 1
    secrets = [facts["options"]["server.cookieSecret"] for facts in (first, second)]
    assert secrets[0] == secrets[1]
    assert len(secrets[0]) == 64


async def test_a_setup_hook_that_fails_is_the_error_of_the_start(pools: Any, project: Path) -> None:
    pool = pools(streamlit_child(project / "page.py", setup="hook:fails", folder=project), start_timeout=PATIENCE)
    await pool.start()
    with pytest.raises(SidecarStartError, match=r"LookupError: no database here"):
        await pool.wait_until_ready(PATIENCE)


async def test_p6_a_wrong_app_is_never_ready(pools: Any, project: Path) -> None:
    pool = pools(streamlit_child(project / "page.py", setup="no_such_app:prepare", folder=project))
    await pool.start()
    with pytest.raises(SidecarStartError, match="No module named 'no_such_app'"):
        await pool.wait_until_ready(PATIENCE)
    assert pool.state != "ready"


async def test_a_sidecar_that_replaces_a_dead_one_serves_first_and_warms_up_later(serve: Any) -> None:
    pool = await serve(warm_imports=("pandas",))
    first = pool.targets()[0].name
    pid = pool.status().sidecars[0].pid
    os.kill(pid, signal.SIGKILL)

    def is_back(pool: SidecarPool) -> bool:
        return [target.name for target in pool.targets() if target.accepts_new] not in ([], [first])

    await pool.until(is_back)
    facts = await facts_of(pool.targets()[0].address)
    assert facts["left"] == ["FLUXLIT_SIDECAR_NAME"]


def has_a_spare(pool: SidecarPool) -> bool:
    return [sidecar.state for sidecar in pool.status().sidecars] == ["ready", "spare"]


async def test_a_spare_has_none_of_the_application_and_serves_with_the_present_code_and_configuration(
    pools: Any, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="fluxlit.sidecar")
    (project / "hook.py").write_text(
        "import logging\n\ndef prepare():\n    logging.getLogger('shop').warning('hooked')\n"
    )
    spec = streamlit_child(project / "page.py", setup="hook:prepare", folder=project, warm_imports=("pandas",))
    pool = pools(spec, start_timeout=PATIENCE, spares=1)
    await pool.start()
    await pool.until(has_a_spare)
    served, spare = pool.status().sidecars
    hooked = [vars(record)["sidecar"] for record in caplog.records if "hooked" in record.getMessage()]
    assert hooked == [served.name]
    assert spare.resident_memory is not None
    (project / ".streamlit/config.toml").write_text("[server]\nmaxUploadSize = 11\n")
    (project / "hook.py").write_text("import os\n\ndef prepare():\n    os.environ['SETUP_WAS_CALLED'] = 'anew'\n")
    os.kill(served.pid, signal.SIGKILL)

    def is_taken(pool: SidecarPool) -> bool:
        return [target.name for target in pool.targets()] == [spare.name]

    await pool.until(is_taken)
    facts = await facts_of(pool.targets()[0].address)
    assert (facts["setup"], facts["options"]["server.maxUploadSize"], facts["pandas"]) == ("anew", 11, True)
    assert facts["left"] == ["FLUXLIT_SIDECAR_NAME"]
    assert str(project) in facts["path"][:2]  # Streamlit 1.57 puts the script's own file before its folder
    assert pool.status().sidecars[0].pid == spare.pid


async def test_warm_pages_run_before_ready(serve: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="fluxlit.sidecar")
    pool = await serve(warm_pages=("/",))
    messages = [record.getMessage() for record in caplog.records]
    ran = next(number for number, message in enumerate(messages) if "page ran" in message)
    ready = next(number for number, message in enumerate(messages) if "→ ready" in message)
    assert ran < ready
    assert pool.targets()[0].active_sessions == 0


async def test_the_server_module_started_by_hand_says_what_it_is_for() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "fluxlit_sidecar.streamlit_server", stderr=asyncio.subprocess.PIPE
    )
    _, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 1
    assert b"started by a SidecarPool" in errors


async def test_p3_in_dev_mode_saved_code_shows_at_the_next_run_and_no_file_restarts_the_sidecar(
    serve: Any, project: Path
) -> None:
    (project / "page.py").write_text("import streamlit as st\nfrom words import WORD\nst.text(WORD)\n")
    (project / "words.py").write_text("WORD = 'before'\n")
    pool = await serve(mode="dev", env={"STREAMLIT_SERVER_FILE_WATCHER_TYPE": "poll"})
    before = pool.status().sidecars[0]
    browser = await HeadlessBrowser.open(before.address)
    async with browser, asyncio.timeout(PATIENCE):
        assert texts(await browser.run()) == ["before"]
        (project / "some.db").write_text("data")
        (project / "words.py").write_text("WORD = 'after, and longer'\n")
        # The watcher polls; there is no event for what it has not seen yet.
        while "after, and longer" not in texts(await browser.run()):
            pass
    assert [sidecar.pid for sidecar in pool.status().sidecars] == [before.pid]
