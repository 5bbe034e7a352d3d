"""HTTP load with wrk."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass

BROWSER_ENCODINGS = "gzip, deflate, br, zstd"
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class WrkError(RuntimeError):
    """wrk is missing, or a request of its run failed."""


@dataclass(frozen=True)
class Load:
    """What came out.

    Attributes:
        rate: Requests per second.
        p99_ms: The 99th percentile of the latency, in milliseconds.
    """

    rate: float
    p99_ms: float


def load(url: str, *, connections: int, seconds: int, headers: tuple[str, ...] = ()) -> Load:
    """Ask for `url` over so many connections at once.

    Raises:
        WrkError: wrk is missing, an answer was no 2xx or 3xx, or a connection broke.
    """
    program = shutil.which("wrk")
    if program is None:
        raise WrkError("wrk is not installed: scripts/install-system-packages.sh brings it")
    flags = [f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
    named = [each for header in headers for each in ("-H", header)]
    command = [program, "-t1", *flags, *named, url]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    return parse(output)


def parse(output: str) -> Load:
    """Read what wrk prints.

    Raises:
        WrkError: As `load`.
    """
    if failed := re.search(r"(Non-2xx.*|Socket errors.*)", output):
        raise WrkError(failed[1].strip())
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", output)
    if rate is None or slowest is None:
        raise WrkError(f"wrk printed something else: {output[-300:]!r}")
    return Load(float(rate[1]), float(slowest[1]) * _MILLISECONDS[slowest[2]])
