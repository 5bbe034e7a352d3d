"""Pages of the documentation that are made from the code: API, support matrix, changelog, packages, llms.txt.

`docs/conf.py` calls `generate` before each build; nothing of it is committed, so that nothing of it can be out of date.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import re
import tomllib
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from packaging.requirements import Requirement
from performance_excerpt import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from markdown_it.token import Token

__all__ = ("generate", "llms_text", "packages_diagram", "python_api", "support_matrix")

MODULES = (
    "fluxlit",
    "fluxlit.auth",
    "fluxlit.client",
    "fluxlit.config",
    "fluxlit.deep_links",
    "fluxlit.errors",
    "fluxlit.pages",
    "fluxlit.testing",
    "fluxlit.url_session",
    "fluxlit_client",
    "fluxlit_gateway",
    "fluxlit_sessions",
    "fluxlit_sidecar",
)


def generate(root: Path) -> None:
    """Write every such page into `docs/generated` of the repository at `root`; only what changed is touched."""
    target = root / "docs" / "generated"
    target.mkdir(exist_ok=True)
    pages = {
        "python-api.md": python_api(),
        "support-matrix.md": support_matrix(root),
        "changelog.md": changelog(root),
        "packages.dot": packages_diagram(root),
        "beside-st-app.inc": excerpt(root),
    }
    for name, text in pages.items():
        file = target / name
        if not file.is_file() or file.read_text("utf-8") != text:
            file.write_text(text, encoding="utf-8")


def python_api() -> str:
    """Every public name of every public module: signature and first paragraph."""
    lines = ["# Python API reference", "", "Made from the code: what each module exports, in `__all__`.", ""]
    for module in MODULES:
        lines += [f"## {module}", "", *_names(module)]
    return "\n".join(lines) + "\n"


def _names(module: str) -> Iterator[str]:
    found = importlib.import_module(module)
    for name in sorted(found.__all__, key=str.lower):
        value: Any = getattr(found, name)
        yield f"`{name}{_signature(value)}`"
        yield f": {_summary(value)}"
        yield ""


def _signature(value: object) -> str:
    if not callable(value):
        return ""
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return "(...)"
    shown = [("*" * (each.kind - 1) if each.kind in {2, 4} else "") + each.name for each in parameters]
    keywords = next((index for index, each in enumerate(parameters) if each.kind is each.KEYWORD_ONLY), None)
    if keywords is not None and not any(each.kind is each.VAR_POSITIONAL for each in parameters):
        shown.insert(keywords, "*")
    return f"({', '.join(shown)})"


def _summary(value: object) -> str:
    text = inspect.getdoc(value) if callable(value) or inspect.ismodule(value) else None
    if not text or (not callable(value) and text == inspect.getdoc(type(value))):
        return f"A value of type `{type(value).__name__}`."
    paragraph = " ".join(text.split("\n\n")[0].split())
    return re.sub(r"[<>\[\]{}|]", lambda match: f"\\{match[0]}", paragraph)


def support_matrix(root: Path) -> str:
    """The oldest versions that the packages declare, which `make test-oldest` installs."""
    workspace = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    date = workspace["tool"]["uv"]["exclude-newer"][:10]
    lines = [
        "# Support matrix",
        "",
        "Made from the packages' own declarations.",
        "",
        f"Python {workspace['project']['requires-python']}; the tests run on Linux with 3.11.",
        f"The newest versions that they run with are those of {date}; there are no upper bounds.",
        "",
        "The oldest versions are what each package declares. `make test-oldest` installs exactly those",
        "and runs the tests of the packages on them; it has not passed for all of them yet.",
        "",
        "| library | oldest | needed by |",
        "|---|---|---|",
    ]
    floors: dict[tuple[str, str], set[str]] = {}
    for path in sorted((root / "packages").glob("*/pyproject.toml")):
        project = tomllib.loads(path.read_text("utf-8"))["project"]
        extras = project.get("optional-dependencies", {})
        for text in [*project["dependencies"], *(text for extra in extras.values() for text in extra)]:
            need = Requirement(text)
            if not need.name.startswith("fluxlit"):
                floor = next((each.version for each in need.specifier if each.operator == ">="), "any")
                floors.setdefault((need.name, floor), set()).add(project["name"])
    lines += [f"| {name} | {floor} | {', '.join(sorted(users))} |" for (name, floor), users in sorted(floors.items())]
    return "\n".join(lines) + "\n"


def changelog(root: Path) -> str:
    """The changelogs of all packages on one page, `fluxlit` first."""
    names = sorted(
        (path.parent.name for path in (root / "packages").glob("*/CHANGELOG.md")),
        key=lambda each: (each != "fluxlit", each),
    )
    lines = ["# Changelog", ""]
    for name in names:
        text = (root / "packages" / name / "CHANGELOG.md").read_text("utf-8")
        body = text[text.index("\n## ") + 1 :]
        title = name if name == "fluxlit" else f"fluxlit-{name}"
        lines += [f"## {title}", "", re.sub(r"^(#+) ", lambda match: f"#{match[1]} ", body, flags=re.MULTILINE)]
    return "\n".join(lines) + "\n"


def packages_diagram(root: Path) -> str:
    """The layers of import-linter's contract, for Graphviz: each layer below those that may import it."""
    workspace = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    contracts = workspace["tool"]["importlinter"]["contracts"]
    layers = [
        [name.strip() for name in layer.split("|")]
        for layer in next(each for each in contracts if each["type"] == "layers")["layers"]
    ]
    lines = [
        "digraph packages {",
        '    rankdir=TB; bgcolor="transparent"; nodesep=0.3; ranksep=0.4;',
        '    node [shape=box, style="rounded,filled", color="#5b6b80", fontsize=12];',
        '    node [fontname="Helvetica,Arial,sans-serif"];',
        '    edge [color="#9aa8b8", arrowsize=0.6];',
    ]
    for number, layer in enumerate(layers):
        colour = ("#dceafd", "#fdf0d5", "#f3e5f8", "#fde3df", "#e2f3e5")[number % 5]
        nodes = " ".join(f'"{name.replace("_", "-")}" [fillcolor="{colour}"];' for name in layer)
        lines.append(f"    {{ rank=same; {nodes} }}")
    for upper, lower in itertools.pairwise(layers):
        lines += [f'    "{above}" -> "{below}";'.replace("_", "-") for above in upper for below in lower]
    return "\n".join([*lines, "}", ""])


def _spoken(paragraph: Token) -> str:
    """What a paragraph says, without links and pictures."""
    marks = {"code_inline": "`"}
    shown = [each for each in paragraph.children or () if each.type in {"text", "code_inline", "softbreak"}]
    return "".join(f"{marks.get(each.type, '')}{each.content or ' '}{marks.get(each.type, '')}" for each in shown)


def llms_text(root: Path, names: list[str]) -> str:
    """An index of the documentation for programs that read it: the title of each page, and what it begins with."""
    lines = [
        "# FluxLit",
        "",
        "> FastAPI routes and Streamlit pages: one app object, one public port, run well in production.",
        "",
    ]
    for name in sorted(names):
        file = root / "docs" / f"{name}.md"
        if not file.is_file():
            continue
        text = file.read_text("utf-8")
        headings = (line[2:] for line in text.splitlines() if line.startswith("# "))
        title = next(headings, name.rpartition("/")[2].capitalize())
        tokens = MarkdownIt("commonmark").parse(text)
        texts = (_spoken(tokens[index + 1]) for index, each in enumerate(tokens) if each.type == "paragraph_open")
        prose = " ".join(re.split(r"(?<=\.)\s", next(texts, ""))[0].split()).rstrip(":")
        lines.append(f"- [{title}]({name}.html)" + (f": {prose}" if prose else ""))
    return "\n".join(lines) + "\n"
