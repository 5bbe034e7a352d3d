"""HTTP load with wrk."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from dataclasses import dataclass

BROWSER_ENCODINGS = "gzip, deflate, br, zstd"
_AT_MOST_SECONDS = 60
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class WrkError(RuntimeError):
    """wrk is missing, or a request of its run failed."""


@dataclass(frozen=True)
class Load:
    """What came out.

    Attributes:
        rate: Requests per second.
        p99_ms: The 99th percentile of the latency, in milliseconds.
        requests: How many were answered.
    """

    rate: float
    p99_ms: float
    requests: int


def load(url: str, *, connections: int, seconds: float, headers: tuple[str, ...] = ()) -> Load:
    """Ask for `url` over so many connections at once.

    wrk itself knows whole seconds alone; interrupted, it stops within a tenth of a second and reports the time it took.

    Raises:
        WrkError: wrk is missing, an answer was no 2xx or 3xx, or a connection broke.
    """
    program = shutil.which("wrk")
    if program is None:
        raise WrkError("wrk is not installed: scripts/install-system-packages.sh brings it")
    flags = [f"-c{connections}", f"-d{_AT_MOST_SECONDS}s", "--timeout", "10s", "--latency"]
    named = [each for header in headers for each in ("-H", header)]
    command = [program, "-t1", *flags, *named, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=_AT_MOST_SECONDS)
        finally:
            process.kill()
    return parse(output)


def parse(output: str) -> Load:
    """Read what wrk prints.

    Raises:
        WrkError: As `load`.
    """
    if failed := re.search(r"(Non-2xx.*|Socket errors.*)", output):
        raise WrkError(failed[1].strip())
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    requests = re.search(r"(\d+) requests in ", output)
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", output)
    if rate is None or slowest is None or requests is None:
        raise WrkError(f"wrk printed something else: {output[-300:]!r}")
    return Load(float(rate[1]), float(slowest[1]) * _MILLISECONDS[slowest[2]], int(requests[1]))
