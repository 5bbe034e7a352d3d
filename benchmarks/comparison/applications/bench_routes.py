"""The API that every contestant serves below ``/api``."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

CHUNK = b"x" * (1 << 16)
USERS = [{"id": number, "name": f"user {number}", "city": "Oslo"} for number in range(20)]

router = APIRouter()


@router.get("/hello")
async def hello() -> dict[str, str]:
    """The smallest answer, from an async endpoint."""
    return {"hello": "world"}


@router.get("/hello-sync")
def hello_sync() -> dict[str, str]:
    """The smallest answer, from an endpoint that runs in a thread."""
    return {"hello": "world"}


@router.get("/users")
def users() -> list[dict[str, str | int]]:
    """What the pages ask for."""
    return [dict(user) for user in USERS]


@router.put("/upload")
async def upload(request: Request) -> dict[str, int]:
    """Count the bytes of a body, without keeping them."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
    return {"bytes": size}


@router.get("/download/{size}")
async def download(size: int) -> StreamingResponse:
    """So many bytes."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(size // len(CHUNK)):
            yield CHUNK
            # A body that is always ready would keep the loop from everything else.
            await asyncio.sleep(0)

    return StreamingResponse(chunks(), headers={"content-length": str(size // len(CHUNK) * len(CHUNK))})


@router.websocket("/echo")
async def echo(socket: WebSocket) -> None:
    """Every binary message comes back."""
    await socket.accept()
    try:
        while True:
            await socket.send_bytes(await socket.receive_bytes())
    except WebSocketDisconnect:
        return
