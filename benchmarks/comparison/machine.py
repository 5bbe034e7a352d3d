"""What the figures were measured on: machine, versions, commit, date and command."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

import psutil
from benchmarks.comparison.contestants.environment import ROOT, installed
from pydantic import BaseModel, Field

from fluxlit_testing.browser import NAMES

_LIBRARIES = ("streamlit", "fastapi", "starlette", "uvicorn", "aiohttp", "websockets")
_GIB = 1 << 30


class Machine(BaseModel, frozen=True, extra="forbid"):
    """Where and when."""

    processor: str = Field(description="Its name, as the kernel gives it")
    cores: int = Field(description="Logical processors")
    memory_gib: float = Field(description="Memory in GiB")
    system: str = Field(description="Kernel and distribution")
    python: str = Field(description="Version of Python")
    versions: dict[str, str] = Field(description="Versions of libraries and programs, the same for all contestants")
    commit: str = Field(description="The checkout's commit")
    date: str = Field(description="UTC, ISO 8601")
    load: float = Field(description="Load average of the last minute when the run began")
    command: str = Field(description="What to type for the same run")


def this_machine(command: str) -> Machine:
    """Describe the machine as it is now."""
    versions = {name: installed(name) for name in _LIBRARIES} | _programs()
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gib=round(psutil.virtual_memory().total / _GIB, 1),
        system=_system(),
        python=platform.python_version(),
        versions=versions,
        commit=_output("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        date=dt.datetime.now(dt.UTC).isoformat(timespec="minutes"),
        load=round(os.getloadavg()[0], 2),
        command=command,
    )


def _system() -> str:
    kernel = re.match(r"\d+\.\d+", platform.release())
    name = f"{platform.system()} {kernel[0] if kernel else ''}".strip()
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {name}"
    except (OSError, KeyError):
        return name


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text("utf-8") if cpuinfo.exists() else ""
    found = re.search(r"model name\s*:\s*(.+)", text)
    return found[1] if found else platform.processor() or platform.machine()


def _programs() -> dict[str, str]:
    browser = next((path for path in map(shutil.which, NAMES) if path), "")
    asked = {
        "nginx": (shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "", "-v"),
        "wrk": (shutil.which("wrk") or "", "-v"),
        "chromium": (browser, "--version"),
    }
    found = {name: re.search(r"\d+(\.\d+)+", _output(*command)) for name, command in asked.items() if command[0]}
    return {name: match[0] for name, match in found.items() if match}


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    except OSError:
        return ""
    return (done.stdout + done.stderr).strip()
