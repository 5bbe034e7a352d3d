"""The measurements of this repository: `python -m benchmarks compare [--quick]`, or `python -m benchmarks NAME ...`.

`compare` holds FluxLit beside what people would use instead and writes docs/performance (`make bench`,
`make bench-quick`; `compare --help`). The others are programs of their own under `benchmarks/`, one for each package:
each compares with something measured in the same run, stops what it starts and is bounded in time; `--list` names them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).parent
PROGRAMS = {
    "gateway": ("gateway/speed.py", "API and pages through the gateway, beside the same without it"),
    "gateway-memory": ("gateway/memory.py", "2 GiB up and down through the gateway"),
    "assets": ("assets/delivery.py", "Streamlit's static files, beside Streamlit's own route"),
    "sidecar": ("sidecar/compare.py", "reruns and first visitors, beside streamlit run"),
    "sidecar-stack": ("sidecar/stack.py", "processor time of a rerun through the whole stack, by process"),
    "sidecar-soak": ("sidecar/soak.py", "memory over thousands of reruns"),
    "sidecar-recovery": ("sidecar/recovery.py", "from the kill of a sidecar to a page again"),
    "client": ("client/speed.py", "building a client, and a GET from a page"),
    "pages": ("pages/speed.py", "what FluxLit adds to a rerun, and a GET from a page"),
    "observability": ("observability/speed.py", "what access log and metrics cost"),
    "sessions": ("sessions/speed.py", "each operation of each store"),
    "testing": ("testing/speed.py", "a page in a test, and the pytest plugin in a run that does not use it"),
}


def main() -> int:
    """Run the comparison, or the named measurements, or all of those; 1 when one failed."""
    if sys.argv[1:2] == ["compare"]:
        # Late: the list of the programs is there without Streamlit, matplotlib and the rest.
        from benchmarks.comparison.command import compare  # noqa: PLC0415 - see above

        return compare(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; all when none is named")
    parser.add_argument("--list", action="store_true", help="name the measurements and stop")
    asked = parser.parse_args()
    if asked.list:
        for name, (_, description) in PROGRAMS.items():
            print(f"{name:<16} {description}")
        return 0
    unknown = [name for name in asked.names if name not in PROGRAMS]
    if unknown:
        parser.error(f"no such measurement: {', '.join(unknown)}; there are {', '.join(PROGRAMS)}")
    return max([run(name) for name in asked.names or PROGRAMS])


def run(name: str) -> int:
    """Run one program to its end; its exit code."""
    program, description = PROGRAMS[name]
    print(f"== {name}: {description}", flush=True)
    begin = time.monotonic()
    code = subprocess.run([sys.executable, FOLDER / program], check=False).returncode
    print(f"== {name}: {'failed' if code else 'done'} after {time.monotonic() - begin:.0f} s\n", flush=True)
    return min(1, abs(code))


if __name__ == "__main__":
    sys.exit(main())
