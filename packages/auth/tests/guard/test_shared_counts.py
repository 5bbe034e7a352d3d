"""Counts in Redis hold for all replicas; without Redis, limits let requests pass and logins wait."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from limits.aio.storage import MemoryStorage

from fluxlit_auth import Basic
from fluxlit_auth.errors import LoginStoreError, TooManyAttemptsError
from fluxlit_auth.guard.environment import GuardOptions
from fluxlit_auth.guard.rate_limits.layer import RateLimits
from fluxlit_auth.guard.rate_limits.rule import RateLimit
from fluxlit_auth.guard.rate_limits.storage import close_storage, storage_for
from fluxlit_auth.guard.throttling import LoginThrottle

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def redis_url() -> Iterator[str]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed here: scripts/install-system-packages.sh")
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        path = Path(folder) / "s"
        command = ["redis-server", "--port", "0", "--unixsocket", str(path), "--dir", folder, "--save", ""]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert any("eady to accept connections" in line for line in process.stdout)
            yield f"unix://{path}?max_bytes=1000"
            process.terminate()


async def test_failures_at_one_replica_count_at_the_other(redis_url: str) -> None:
    one, two = storage_for(redis_url), storage_for(redis_url)
    try:
        for _failure in range(5):
            await LoginThrottle(one).failed("192.0.2.1", "ada")
        with pytest.raises(TooManyAttemptsError):
            await LoginThrottle(two).admit("192.0.2.1", "ada")
        await LoginThrottle(two).admit("192.0.2.1", "bob")
    finally:
        await close_storage(one)
        await close_storage(two)


async def test_without_redis_limits_let_requests_pass_and_logins_wait(
    tmp_path: Path, protect: Any, visit: Any, basic: Any
) -> None:
    storage = storage_for(f"unix://{tmp_path}/nobody-listens-here")
    guarded = protect(Basic(lambda _name, _password: True)).guard
    limit = RateLimit.parse("1/hour", by="ip", paths=(), methods=())

    async def served(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    app = RateLimits([limit], GuardOptions(), storage).layer(guarded.layer(served))
    try:
        for _request in range(2):
            assert (await visit(app, "GET", "/api/x", headers=basic("ada"))).status_code == 204
        with pytest.raises(LoginStoreError):
            await LoginThrottle(storage).admit("192.0.2.1", "ada")
    finally:
        await close_storage(storage)


@pytest.mark.parametrize("url", ["", "memory://", "sqlite:///logins.db"])
def test_other_stores_leave_the_counts_in_the_process(url: str) -> None:
    assert isinstance(storage_for(url), MemoryStorage)
