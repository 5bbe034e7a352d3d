"""The code blocks of every page that people read: README files and `docs/`."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class CodeBlock:
    """A fenced block: where it is, what it is written in, and what it says."""

    page: str
    line: int
    language: str
    text: str


def pages() -> list[Path]:
    # The blocks of the other packages' READMEs need stand-ins, and run in their own tests.
    found = [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "packages" / "fluxlit" / "README.md",
        ROOT / "packages" / "testing" / "README.md",
        *ROOT.glob("docs/**/*.md"),
    ]
    return sorted(
        page for page in [*found, *ROOT.glob("examples/*/README.md")] if not {"_build", "generated"} & set(page.parts)
    )


def code_blocks() -> list[CodeBlock]:
    blocks: list[CodeBlock] = []
    for page in pages():
        for token in MarkdownIt().parse(page.read_text("utf-8")):
            if token.type == "fence":
                line = (token.map or [0])[0] + 1
                language = token.info.strip().partition(" ")[0]
                blocks.append(CodeBlock(str(page.relative_to(ROOT)), line, language, token.content))
    return blocks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each block of the language that its parameter names."""
    for parameter, languages in {"python_block": {"python", "py"}, "console_block": {"console"}}.items():
        if parameter in metafunc.fixturenames:
            # The blocks of one page are files of a suite, and run together: test_testing_guide.py.
            blocks = [block for block in code_blocks() if block.page != "docs/testing.md"]
            found = [block for block in blocks if block.language in languages]
            metafunc.parametrize(parameter, found, ids=[f"{block.page}:{block.line}" for block in found])


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture
def every_block() -> list[CodeBlock]:
    return code_blocks()


@dataclass(frozen=True)
class HtmlPage:
    """What a built page links to, and what it can be linked to by."""

    path: Path
    links: list[str]
    loads: list[str]
    anchors: set[str]
    pictures: list[dict[str, str | None]]


class Reader(HTMLParser):
    """Collects what `HtmlPage` has."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.page = HtmlPage(path, [], [], set(), [])
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An HTMLParser's own method."""
        found = dict(attrs)
        if name := found.get("id"):
            self.page.anchors.add(name)
        if tag == "a" and (link := found.get("href")):
            self.page.links.append(link)
        if tag in {"img", "script", "object", "link", "iframe"}:
            address = found.get("src") or found.get("data") or found.get("href")
            if address and found.get("rel") not in {"canonical", "index", "search", "next", "prev"}:
                self.page.loads.append(address)
        if tag == "img":
            self.page.pictures.append(found)


@dataclass(frozen=True)
class Site:
    """The built site."""

    folder: Path
    returncode: int
    said: str

    def pages(self) -> list[HtmlPage]:
        return [Reader(path).page for path in sorted(self.folder.rglob("*.html"))]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The documentation, built once for all workers of a run, with warnings as errors."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "documentation"
    with FileLock(f"{folder}.lock"):
        report = folder / "report.json"
        if not report.is_file():
            command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-n", "-b", "html"]
            places = ["-d", str(folder / "doctrees"), str(ROOT / "docs"), str(folder / "html")]
            built = subprocess.run([*command, *places], capture_output=True, text=True, check=False, timeout=300)
            folder.mkdir(exist_ok=True)
            report.write_text(json.dumps([built.returncode, built.stderr]))
        returncode, said = json.loads(report.read_text())
    return Site(folder / "html", returncode, said)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Imports a program of `scripts/` by its name."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    return load
