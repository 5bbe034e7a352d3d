"""Whether the gateway's memory stays flat: ``python benchmarks/gateway/memory.py [--mib 2048]``.

A download and an upload of 2 GiB pass through a gateway of their own; the rise of its peak memory is printed. More than
32 MiB is a failure (exit code 1). Linux only. Takes about a minute.
"""

import argparse
import asyncio
import sys
import time

from contestants import Contestant, contestants

MIB = 1 << 20
ALLOWED = 32 * MIB
CHUNK = b"x" * (1 << 16)


async def download(port: int, size: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /download/{size} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    received = 0
    while data := await reader.read(1 << 18):
        received += len(data)
    writer.close()
    if received != size:
        raise RuntimeError(f"{received} bytes arrived of {size}")


async def upload(port: int, size: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"PUT /x HTTP/1.1\r\nhost: here\r\nconnection: close\r\ncontent-length: {size}\r\n\r\n"
    writer.write(head.encode())
    for _ in range(size // len(CHUNK)):
        writer.write(CHUNK)
        await writer.drain()
    answer = await reader.read()
    writer.close()
    if not answer.endswith(b"\r\n\r\n%d" % size):
        raise RuntimeError(f"the upstream counted otherwise: {answer[-100:]!r}")


def rise(name: str, gateway: Contestant, size: int) -> int:
    """Run one transfer and return by how much the gateway's peak memory rose, in bytes."""
    port = int(gateway.address.rpartition(":")[2])
    before, started = gateway.peak_rss(), time.perf_counter()
    asyncio.run((download if name == "download" else upload)(port, size))
    seconds = time.perf_counter() - started
    risen = gateway.peak_rss() - before
    print(f"{name:9} {size / MIB:.0f} MiB in {seconds:.1f} s: memory rose by {risen / MIB:.1f} MiB", flush=True)
    return risen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=2048)
    size = parser.parse_args().mib * MIB
    risen: list[int] = []
    for name in ("download", "upload"):
        with contestants() as field:
            behind = field.start("upstream", on_unix=True)
            risen.append(rise(name, field.start("gateway", upstream=behind.address), size))
    sys.exit(0 if max(risen) < ALLOWED else 1)


if __name__ == "__main__":
    main()
