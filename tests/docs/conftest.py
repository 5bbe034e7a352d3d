"""The code blocks of every page that people read: README files and `docs/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

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
