"""One large hashed script of Streamlit's, delivered by the gateway's responder and by Streamlit's own static route.

    python benchmarks/assets/delivery.py [--seconds 3] [--rounds 5] [--connections 16]

Both run under the same uvicorn, each in a process of its own, and are asked in turns with the same request, once as a
browser asks (it accepts br, zstd and gzip) and once as a program that decodes nothing, so that what compression gains
and what the code itself costs are seen apart. Streamlit's side is its static route alone, without the rest of its
application, which is the kinder comparison. The cache folder is filled before the clock starts, as it is once a gateway
has run for a minute. Needs wrk.
"""

import argparse
import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import NamedTuple

from servers import largest_of_first_view

SERVERS = Path(__file__).with_name("servers.py")
BROWSER = "gzip, deflate, br, zstd"
PROGRAM = "identity"


class Contestant(NamedTuple):
    """One server, and what it did."""

    name: str
    url: str
    rates: list[float]
    bytes_each: int


def play_round(url: str, accepted: str, *, connections: int, seconds: float) -> float:
    """Ask over several connections for some seconds; gives requests per second."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is missing: apt-get install wrk")
    command = [wrk, "-t1", f"-c{connections}", f"-d{round(seconds)}s", "-H", f"Accept-Encoding: {accepted}", url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    match = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if match is None or "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(output)
    return float(match[1])


def body_size(url: str, accepted: str) -> int:
    """Bytes of the body as it comes over the wire; asking once also warms the server up."""
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": accepted})) as response:
        return len(response.read())


@contextlib.contextmanager
def contestant(name: str, cache: str) -> Generator[int]:
    """Start one server; gives its port."""
    child = subprocess.Popen([sys.executable, SERVERS, name, cache], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    try:
        yield int(child.stdout.readline())
    finally:
        child.communicate(timeout=30)


def report(label: str, ours: Contestant, theirs: Contestant) -> None:
    """Print medians and their ratio."""
    print(f"\n{label}")
    for one in (ours, theirs):
        rounds = [round(rate) for rate in one.rates]
        print(
            f"  {one.name:<10} {statistics.median(one.rates):7.0f} requests/s {one.bytes_each:9} bytes each  {rounds}"
        )
    ratio = statistics.median(a / b for a, b in zip(ours.rates, theirs.rates, strict=True))
    print(f"  ratio      {ratio:7.2f} times the requests, {theirs.bytes_each / ours.bytes_each:.2f} times fewer bytes")


def main() -> None:
    """Run all rounds and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    arguments = parser.parse_args()
    path = largest_of_first_view().path
    print(f"{path}, {arguments.connections} connections, {arguments.rounds} rounds of {arguments.seconds} s in turns")
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    with (
        tempfile.TemporaryDirectory() as cache,
        contestant("gateway", cache) as our_port,
        contestant("streamlit", cache) as their_port,
    ):
        for label, accepted in (("as a browser asks", BROWSER), ("as a program asks", PROGRAM)):
            both: list[Contestant] = []
            for name, port in (("gateway", our_port), ("streamlit", their_port)):
                url = f"http://127.0.0.1:{port}{path}"
                both.append(Contestant(name, url, [], body_size(url, accepted)))
            for _ in range(arguments.rounds):
                for one in both:
                    rate = play_round(one.url, accepted, connections=arguments.connections, seconds=arguments.seconds)
                    one.rates.append(rate)
            report(label, *both)


if __name__ == "__main__":
    main()
