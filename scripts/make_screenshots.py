"""Makes the screenshots of the documentation from the examples, as they are: `make screenshots`.

Each example is served by a process of its own and looked at in Chromium; what its pages need (a name, a click) is in
`SHOTS`. Reports of the command line are drawn as SVG by rich. Files that would look the same, but for
process ids and the like, are left alone.

    python scripts/make_screenshots.py [--into docs/images] [name ...]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from login_example import provider_for
from PIL import Image, ImageChops
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from fluxlit.runtime import find_free_port
from fluxlit_testing import RunningServer
from fluxlit_testing.browser import open_browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

__all__ = ("REPORTS", "SHOTS", "Report", "Shot", "main")

ROOT = Path(__file__).resolve().parents[1]
COLOURS = 96
# Another process id is no other picture: a pixel differs from this brightness on, a picture from this share.
PIXEL_DIFFERS = 24
PICTURE_DIFFERS = 0.003
SECONDS = 60_000


@dataclass(frozen=True)
class Shot:
    """A picture of one page of an example."""

    name: str
    example: str
    prepare: Callable[[Page], None]
    height: int = 420
    width: int = 900
    path: str = "/"


@dataclass(frozen=True)
class Report:
    """What a command says about a running example."""

    name: str
    command: str
    example: str = "quickstart"
    env: tuple[tuple[str, str], ...] = ()
    without: str = ""


def heading(text: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("heading", name=text).wait_for()


def _order(page: Page) -> None:
    heading("Shop")(page)
    page.get_by_label("City").fill("Oslo")
    page.get_by_label("City").press("Enter")
    page.get_by_label("Article").fill("tea")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("order: tea").wait_for()
    page.reload()
    page.get_by_text("order: tea").wait_for()


def _ask(page: Page) -> None:
    page.get_by_placeholder("Ask something").fill("What is one port?")
    page.get_by_placeholder("Ask something").press("Enter")
    page.get_by_text("You asked: What is one port?").wait_for()


def _refresh(page: Page) -> None:
    page.get_by_role("button", name="Refresh").click()
    page.get_by_text("Refreshed").wait_for()


def _chart(page: Page) -> None:
    heading("Reports 2026")(page)
    page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg").first.wait_for()


def _log_in(page: Page) -> None:
    page.locator("input[name=login]").fill("ada", timeout=SECONDS)
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button").first.click()
    page.get_by_role("button", name="Continue").click(timeout=SECONDS)
    page.get_by_text("tea, milk").wait_for(timeout=SECONDS)


SHOTS = (
    Shot("quick-start", "quickstart", _refresh),
    Shot("pages-reports", "typed_pages", _chart, path="/reports?year=2026", height=560),
    Shot("sessions-shop", "sessions", _order, height=740),
    Shot("api-client-chat", "chat", _ask, height=460),
    Shot("login", "login", _log_in, height=400),
    Shot("phone", "typed_pages", _chart, path="/reports?year=2026", width=390, height=620),
)
PROXIED = (("FLUXLIT_ROOT_PATH", "/apps/portal"), ("FLUXLIT_TRUST_PROXY", "1"))
REPORTS = (
    Report("status", "status"),
    Report("doctor", "doctor", env=PROXIED, without="PASS"),
)


def main(arguments: list[str] | None = None) -> int:
    """Make the named pictures, or all of them; the exit code."""
    parser = argparse.ArgumentParser(description="Make the screenshots of the documentation from the examples.")
    parser.add_argument("names", nargs="*", metavar="name")
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "images")
    options = parser.parse_args(arguments)
    known = {each.name for each in (*SHOTS, *REPORTS)}
    if unknown := set(options.names) - known:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    wanted = set(options.names) or known
    options.into.mkdir(parents=True, exist_ok=True)
    for example in sorted({each.example for each in (*SHOTS, *REPORTS) if each.name in wanted}):
        _of_example(example, wanted, options.into)
    return 0


def _of_example(example: str, wanted: set[str], into: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="shots-") as folder, contextlib.ExitStack() as stack:
        # What an example writes (a database, a pidfile) stays out of the repository.
        work = Path(folder) / example
        work.mkdir()
        for each in (ROOT / "examples" / example).glob("*.py"):
            (work / each.name).write_bytes(each.read_bytes())
        environment = {"XDG_RUNTIME_DIR": folder, "NO_PROXY": "*"}
        port = find_free_port()
        if example == "login":
            provider = stack.enter_context(provider_for(f"http://127.0.0.1:{port}"))
            if provider is None:
                print("login: left alone, because Node.js or npm's oidc-provider is not there")
                return
            environment |= provider
        arguments = ("--port", str(port))
        server = stack.enter_context(RunningServer.start(cwd=work, env=environment, arguments=arguments))
        shots = [each for each in SHOTS if each.example == example and each.name in wanted]
        if shots:
            with open_browser() as browser:
                for shot in shots:
                    _keep_picture(_screenshot(browser, server.base_url, shot), into / f"{shot.name}.png")
        for report in REPORTS:
            if report.example == example and report.name in wanted:
                _keep_drawing(_drawn(report, work, environment), into / f"{report.name}.svg")


def _screenshot(browser: Browser, base_url: str, shot: Shot) -> Image.Image:
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": shot.width, "height": shot.height},
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(shot.path)
    shot.prepare(page)
    page.locator("[data-testid=stApp][data-test-script-state=running]").wait_for(state="detached")
    # Streamlit fades elements in; with motion reduced they are there, but for the fonts.
    page.evaluate("() => document.fonts.ready.then(() => true)")
    data = page.screenshot(animations="disabled", caret="hide")
    context.close()
    return Image.open(io.BytesIO(data)).convert("RGB")


def _keep_picture(picture: Image.Image, file: Path) -> None:
    small = picture.quantize(COLOURS)
    if file.is_file():
        before = Image.open(file)
        if before.size == small.size:
            difference = ImageChops.difference(before.convert("RGB"), small.convert("RGB")).convert("L")
            differing = sum(difference.histogram()[PIXEL_DIFFERS:])
            if differing < PICTURE_DIFFERS * small.width * small.height:
                print(f"{file.name}: as it was")
                return
    data = io.BytesIO()
    small.save(data, "PNG", optimize=True)
    _keep(data.getvalue(), file)


def _drawn(report: Report, work: Path, environment: dict[str, str]) -> str:
    """What the command says, as an SVG of a terminal."""
    said = subprocess.run(
        [sys.executable, "-m", "fluxlit", *report.command.split()],
        cwd=work,
        env={**os.environ, **environment, **dict(report.env), "FORCE_COLOR": "1", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    ).stdout
    lines = said.rstrip().splitlines()
    console = Console(record=True, width=100, file=io.StringIO(), force_terminal=True)
    for name, value in report.env:
        console.print(Text(f"$ export {name}={value}", style="bold"))
    only = f" | grep -v {report.without}" if report.without else ""
    console.print(Text(f"$ fluxlit {report.command}{only}", style="bold"))
    shown = [line for line in lines if not report.without or report.without not in line]
    console.print(Text.from_ansi("\n".join(shown)))
    # rich's own frame names fonts on a server of others; the reader's monospaced font does as well.
    frame = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(title="fluxlit", unique_id=report.name, code_format=frame)


def _keep_drawing(drawing: str, file: Path) -> None:
    if file.is_file() and _without_numbers(file.read_text("utf-8")) == _without_numbers(drawing):
        print(f"{file.name}: as it was")
        return
    _keep(drawing.encode(), file)


def _without_numbers(drawing: str) -> str:
    return re.sub(r"[0-9a-f]*\d[0-9a-f.]*", "0", drawing)


def _keep(data: bytes, file: Path) -> None:
    file.write_bytes(data)
    print(f"{file.name}: {len(data) // 1024} KiB")


if __name__ == "__main__":
    raise SystemExit(main())
