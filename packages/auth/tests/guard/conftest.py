"""A guarded application, called in process."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Protocol

import httpx2 as httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


class Visit(Protocol):
    async def __call__(self, app: Any, method: str, path: str, /, **options: Any) -> httpx.Response: ...


@pytest.fixture
def visit() -> Visit:
    """One request, from the address in `peer`."""

    async def send(
        app: Any, method: str, path: str, /, *, peer: tuple[str, int] = ("192.0.2.9", 999), **options: Any
    ) -> httpx.Response:
        transport = httpx.ASGITransport(app, client=peer)
        async with httpx.AsyncClient(transport=transport, base_url="http://app.example") as client:
            return await client.request(method, path, **options)

    return send


@pytest.fixture
def basic() -> Callable[..., dict[str, str]]:
    """The header of RFC 7617."""

    def header(name: str, password: str = "right") -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}

    return header
