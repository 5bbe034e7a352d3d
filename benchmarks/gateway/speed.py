"""How much of the speed is left behind the gateway: ``python benchmarks/gateway/speed.py [--seconds 3] [--rounds 5]``.

Both sides of each comparison run in one go, alternating, under the same uvicorn; medians of the rounds are compared.
Beside each rate stands the processor time that the server itself took for a request: it is steadier on a busy machine.
Needs wrk for the HTTP parts. Takes about 40 seconds per HTTP comparison with the defaults.
"""

import argparse
import asyncio
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable

import uvloop
import websockets
from contestants import Contestant, contestants

CONNECTIONS = 16
HEALTH = "/_stcore/health"


def requests_per_second(url: str, seconds: float) -> float:
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is missing: apt-get install wrk")
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{round(seconds)}s", url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(output)
    match = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if match is None:
        raise RuntimeError(output)
    return float(match[1])


def round_trip_us(url: str, seconds: float, connections: int = 1) -> float:
    """Return the median round trip of a 100-byte message, in microseconds.

    Args:
        url: The echo's address.
        seconds: How long to measure.
        connections: How many bounce messages at a time; with many of them it is the processors that are measured.
    """

    async def bounce(times: list[float]) -> None:
        message = b"x" * 100
        async with websockets.connect(url, compression=None, proxy=None) as socket:
            end = time.perf_counter() + seconds
            while (start := time.perf_counter()) < end:
                await socket.send(message)
                await socket.recv()
                times.append(time.perf_counter() - start)

    async def measure() -> list[float]:
        times: list[float] = []
        await asyncio.gather(*(bounce(times) for _ in range(connections)))
        return times

    return statistics.median(uvloop.run(measure())) * 1e6


def round_trips_us(url: str, seconds: float) -> float:
    """Return ``round_trip_us`` on 16 connections."""
    return round_trip_us(url, seconds, CONNECTIONS)


def compare(
    name: str,
    measure: Callable[[str, float], float],
    sides: tuple[tuple[Contestant, str], tuple[Contestant, str]],
    *,
    rounds: int,
    seconds: float,
) -> None:
    """Measure direct and through the gateway in turn, and print medians and their ratio."""
    results: tuple[list[float], list[float]] = ([], [])
    processor: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        for side in (0, 1) if number % 2 else (1, 0):
            contestant, url = sides[side]
            before = contestant.cpu_seconds()
            value = measure(url, seconds if number else 1)
            if number:  # the first round warms up
                results[side].append(value)
                count = value * seconds
                if measure is not requests_per_second:
                    count = (CONNECTIONS if measure is round_trips_us else 1) * seconds * 1e6 / value
                processor[side].append((contestant.cpu_seconds() - before) / count * 1e6)
    alone, behind = (statistics.median(values) for values in results)
    line = f"{name:32} direct {alone:9.1f}   gateway {behind:9.1f}   ratio {behind / alone:.3f}"
    cost = "   (processor: {:.1f} us, {:.1f} us each)".format(*map(statistics.median, processor))
    print(line + cost, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one-connection", action="store_true", help="leave out WebSockets on 16 connections")
    parser.add_argument("--only", choices=["api", "http", "streamlit", "websocket"])
    arguments = parser.parse_args()
    bounds = {"rounds": arguments.rounds, "seconds": arguments.seconds}
    wanted = {arguments.only} if arguments.only else {"api", "http", "streamlit", "websocket"}
    with contestants() as field:
        behind = field.start("upstream", on_unix=True)
        gateway = field.start("gateway", upstream=behind.address)
        direct = field.start("upstream")
        if "api" in wanted:
            api = field.start("api")
            sides = (api, f"{api.address}/hello"), (gateway, f"{gateway.address}/api/hello")
            compare("API, requests/s", requests_per_second, sides, **bounds)
        if "http" in wanted:
            sides = (direct, f"{direct.address}/x"), (gateway, f"{gateway.address}/x")
            compare("smallest ASGI app, requests/s", requests_per_second, sides, **bounds)
        if "websocket" in wanted:
            sides = (direct, as_websocket(direct)), (gateway, as_websocket(gateway))
            compare("WebSocket echo round trip, us", round_trip_us, sides, **bounds)
            if not arguments.one_connection:
                compare("the same on 16 connections, us", round_trips_us, sides, **bounds)
        if "streamlit" in wanted:
            before = field.start("gateway", upstream=field.start("streamlit", on_unix=True).address)
            alone = field.start("streamlit")
            sides = (alone, alone.address + HEALTH), (before, before.address + HEALTH)
            compare("Streamlit's health, requests/s", requests_per_second, sides, **bounds)


def as_websocket(contestant: Contestant) -> str:
    return contestant.address.replace("http:", "ws:") + "/ws"


if __name__ == "__main__":
    main()
