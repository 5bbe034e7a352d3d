"""Where there are no Unix sockets: a loopback port, and a secret that every request has to carry."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import websockets

from fluxlit_sidecar import streamlit_child
from fluxlit_sidecar.child import SecretGate
from fluxlit_sidecar.streamlit_server.headless_browser import HeadlessBrowser, button_ids
from fluxlit_sidecar.supervision.listener import TcpListener, UnixListener, listener_for

if TYPE_CHECKING:
    from fluxlit_sidecar import RuntimeFolder, SidecarPool

PATIENCE = 90.0
PAGE = Path(__file__).parent / "programs" / "page.py"
HEADER = "X-FluxLit-Hop-Secret"


async def test_a_streamlit_sidecar_serves_whoever_has_the_secret_and_nobody_else(pools: Any) -> None:
    pool: SidecarPool = pools(
        streamlit_child(PAGE, warm_imports=(), warm_pages=("/",)), transport="tcp", start_timeout=PATIENCE
    )
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    (target,) = pool.targets()
    assert target.address.startswith("http://127.0.0.1:")
    secret = target.headers[HEADER]
    assert len(secret) == 64

    browser = await HeadlessBrowser.open(target.address, headers=target.headers)
    async with browser:
        first = await browser.run()
        assert button_ids(await browser.run(pressed=button_ids(first)))
    for headers in ({}, {HEADER: "0" * 64}, {HEADER: ""}):
        with pytest.raises(websockets.InvalidStatus, match="403"):
            await HeadlessBrowser.open(target.address, headers=headers)
        assert await status_of(target.address, headers) == 403
    assert await status_of(target.address, dict(target.headers)) == 200
    assert secret not in repr(pool.describe())
    assert secret not in repr(pool.status())


async def status_of(address: str, headers: dict[str, str]) -> int:
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
        session.get(f"{address}/_stcore/health", headers=headers) as answer,
    ):
        return answer.status


async def test_the_secret_is_the_same_for_all_sidecars_of_a_run_and_another_in_the_next(folder: RuntimeFolder) -> None:
    one, two = (listener_for(name, folder=folder, transport="tcp") for name in ("s1", "s2"))
    assert one.headers == two.headers
    with type(folder).create(base=folder.path.parent) as next_folder:
        assert listener_for("s1", folder=next_folder, transport="tcp").headers != one.headers


def test_auto_takes_unix_sockets_where_the_system_has_them(
    folder: RuntimeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(listener_for("s1", folder=folder, transport="auto"), UnixListener)
    monkeypatch.delattr(socket, "AF_UNIX")
    assert isinstance(listener_for("s1", folder=folder, transport="auto"), TcpListener)


async def test_the_application_behind_the_gate_does_not_see_the_secret() -> None:
    seen: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope["headers"])

    async def nothing(*_: Any) -> Any:
        raise AssertionError("the gate has answered")

    gate = SecretGate(app, secret="s3cret")
    headers = [(b"x-fluxlit-hop-secret", b"s3cret"), (b"cookie", b"a=b")]
    await gate({"type": "http", "headers": headers}, nothing, nothing)
    assert seen == [[(b"cookie", b"a=b")]]


async def test_a_secret_that_is_given_twice_is_refused() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def nothing(*_: Any) -> Any:
        raise AssertionError("nobody is to be asked")

    header = (b"x-fluxlit-hop-secret", b"s3cret")
    await SecretGate(nothing, secret="s3cret")({"type": "http", "headers": [header, header]}, nothing, send)
    assert sent[0]["status"] == 403


def test_a_gate_without_a_secret_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="secret of a SecretGate is empty"):
        SecretGate(None, secret="")  # pyright: ignore[reportArgumentType] - refused before it is used
