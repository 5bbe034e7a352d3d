"""What it costs to watch: ``python benchmarks/observability/speed.py [--seconds 3] [--rounds 5] [--fresh 3]``.

The same application is served by ``fluxlit run`` several times at once: unwatched, with the access log (JSON, to a
file), with metrics, with both. The servers are measured in turn, a round each, so that whatever else the machine does
meets all of them. Requests per second and the processor time of the gateway's process for one request are medians of
the rounds; the processor time is the steadier of the two on a busy machine. All of that is done several times with
fresh servers, because two processes of the same program differ by a tenth. Needs wrk.
"""

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psutil

from fluxlit_testing.running_server import RunningServer

CONNECTIONS = 16
LIMIT = 0.08
SIDES = {
    "unwatched": {},
    "access log": {"FLUXLIT_ENABLE_GATEWAY_ACCESS_LOG": "1"},
    "metrics": {"FLUXLIT_ENABLE_GATEWAY_PROMETHEUS_METRICS": "1"},
    "both": {"FLUXLIT_ENABLE_GATEWAY_ACCESS_LOG": "1", "FLUXLIT_ENABLE_GATEWAY_PROMETHEUS_METRICS": "1"},
}
APPLICATION = """
from fluxlit import FluxLit
app = FluxLit(title="Watched")

@app.api.get("/hello")
{kind} hello() -> dict[str, str]:
    return {{"hello": "world"}}
"""


def requests_per_second(url: str, seconds: float) -> float:
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is missing: apt-get install wrk")
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{round(seconds)}s", url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    match = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if match is None or "Non-2xx" in output:
        raise RuntimeError(output)
    return float(match[1])


def start(stack: ExitStack, folder: Path, env: dict[str, str]) -> RunningServer:
    log = folder / "log"
    base = {"FLUXLIT_NO_PIDFILE": "1", "FLUXLIT_LOG_FORMAT": "json", "XDG_RUNTIME_DIR": str(folder)}
    serve = f"import os, sys; os.dup2(os.open({str(log)!r}, os.O_CREAT | os.O_WRONLY | os.O_APPEND), 2); "
    serve += "from fluxlit.cli import main; sys.argv[1:] = ['run', 'app:app', '--port', '0']; main()"
    server = RunningServer([sys.executable, "-c", serve], cwd=folder, env={**base, **env})
    stack.callback(server.stop)
    server.base_url = server.output.wait_for(r"(http://[^\s/]+:\d+)", timeout=90).group(1)
    # Several applications start on one machine, which may have other work.
    server.output.wait_for(r"UI (?:is )?ready", timeout=300)
    return server


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fresh", type=int, default=3, help="how often to begin with fresh servers (default: 3)")
    parser.add_argument("--endpoint", choices=["async def", "def"], default="async def")
    arguments = parser.parse_args()
    rates: dict[str, list[float]] = {name: [] for name in SIDES}
    costs: dict[str, list[float]] = {name: [] for name in SIDES}
    for _ in range(arguments.fresh):
        measure(arguments, rates, costs)
    return report(rates, costs)


def measure(arguments: argparse.Namespace, rates: dict[str, list[float]], costs: dict[str, list[float]]) -> None:
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="fluxlit-bench-") as name:
        servers: dict[str, RunningServer] = {}
        for side, env in SIDES.items():
            folder = Path(name) / side.replace(" ", "-")
            folder.mkdir()
            (folder / "app.py").write_text(APPLICATION.format(kind=arguments.endpoint), encoding="utf-8")
            servers[side] = start(stack, folder, env)
        for number in range(arguments.rounds + 1):
            for side, server in servers.items():
                process = psutil.Process(server.process.pid)
                before = sum(process.cpu_times()[:2])
                seconds = arguments.seconds if number else 1
                rate = requests_per_second(f"{server.base_url}/api/hello", seconds)
                if number:  # the first round warms up
                    rates[side].append(rate)
                    costs[side].append((sum(process.cpu_times()[:2]) - before) / (rate * seconds) * 1e6)


def report(rates: dict[str, list[float]], costs: dict[str, list[float]]) -> int:
    plain_rate, plain_cost = statistics.median(rates["unwatched"]), statistics.median(costs["unwatched"])
    for side in SIDES:
        rate, cost = statistics.median(rates[side]), statistics.median(costs[side])
        print(
            f"{side:12} {rate:9.1f} requests/s ({rate / plain_rate - 1:+.1%})   "
            f"{cost:7.1f} us of processor each ({cost / plain_cost - 1:+.1%})",
            flush=True,
        )
    lost = 1 - statistics.median(rates["both"]) / plain_rate
    print(f"access log and metrics together cost {lost:.1%} of the throughput; at most {LIMIT:.0%} is allowed")
    return 0 if lost <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
