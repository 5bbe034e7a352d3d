"""Diagrams are drawn from text that agrees with the code; screenshots are described, small, and made by a script."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from fluxlit_sidecar.supervision.state import SidecarState

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Site

BYTES = 600_000


def test_every_screenshot_is_shown_described_and_one_of_the_scripts(root: Path, site: Site, script: Any) -> None:
    program = script("make_screenshots")
    made = {f"{each.name}.png" for each in program.SHOTS} | {f"{each.name}.svg" for each in program.REPORTS}
    files = {each.name for each in (root / "docs" / "images").iterdir()}
    pictures = [each for page in site.pages() for each in page.pictures]
    shown = {(each["src"] or "").rpartition("/")[2] for each in pictures}

    assert files == made
    assert files <= shown
    assert [each["src"] for each in pictures if not (each.get("alt") or "").strip()] == []
    assert sum(each.stat().st_size for each in (root / "docs" / "images").iterdir()) < BYTES


@pytest.mark.browser
def test_the_script_makes_the_pictures_of_an_example(root: Path, tmp_path: Path, script: Any) -> None:
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("Chromium is not installed")
    command = [sys.executable, str(root / "scripts" / "make_screenshots.py"), "--into", str(tmp_path)]

    made = subprocess.run([*command, "quick-start", "status"], capture_output=True, text=True, check=False, timeout=170)

    assert made.returncode == 0, made.stderr
    picture = (tmp_path / "quick-start.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20]) == next(each.width for each in script("make_screenshots").SHOTS)
    drawing = (tmp_path / "status.svg").read_text("utf-8")
    assert "ready" in drawing
    assert "font-face" not in drawing  # rich's own are on a server of others
    assert str(tmp_path) not in drawing


def test_every_diagram_is_drawn(root: Path, site: Site) -> None:
    used = "".join(each.read_text("utf-8") for each in root.glob("docs/**/*.md") if "_build" not in each.parts)
    unused = [each.name for each in (root / "docs" / "diagrams").iterdir() if f"diagrams/{each.name}" not in used]
    architecture = (site.folder / "architecture.html").read_text("utf-8")

    assert unused == []
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="sequence" role="img" aria-label="A browser' in architecture
    if shutil.which("dot"):
        drawings = re.findall(r'data="(_images/graphviz-[0-9a-f]+\.svg)"', architecture)
        assert len(drawings) == architecture.count('<div class="graphviz"')
        assert all("<svg" in (site.folder / each).read_text("utf-8") for each in drawings)


def test_the_diagram_of_a_sidecars_life_has_its_states(root: Path) -> None:
    drawn = (root / "docs" / "diagrams" / "sidecar-states.dot").read_text("utf-8")

    assert set(re.findall(r"^ {4}(\w+) \[fillcolor", drawn, re.MULTILINE)) == {each.value for each in SidecarState}


def test_the_diagram_of_the_packages_is_the_contract_of_the_layers(root: Path, script: Any) -> None:
    drawn = script("generate_site_pages").packages_diagram(root)
    workspace = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))

    for name in workspace["tool"]["importlinter"]["root_packages"]:
        assert f'"{name.replace("_", "-")}" [' in drawn
    assert '"fluxlit" -> "fluxlit-cli"' in drawn
    assert '"fluxlit-auth" -> "fluxlit-gateway"' in drawn


def test_without_graphviz_a_diagram_is_shown_in_words(root: Path, tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(
        f"import sys\nsys.path.insert(0, {str(root / 'scripts')!r})\nextensions = ['myst_parser', 'sphinx_diagrams']\n"
    )
    (tmp_path / "one.dot").write_text("digraph { a -> b }")
    (tmp_path / "index.md").write_text("# One\n\n```{graphviz} one.dot\n:alt: From a to b.\n```\n")
    command = [sys.executable, "-m", "sphinx", "-W", "-b", "html", str(tmp_path), str(tmp_path / "html")]

    built = subprocess.run(
        command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=120
    )

    assert built.returncode == 0, built.stderr
    assert "Graphviz is not installed" in built.stdout
    page = (tmp_path / "html" / "index.html").read_text("utf-8")
    assert "From a to b." in page
    assert "a -&gt; b" in page


def test_a_step_that_means_nothing_is_named_with_its_line(script: Any) -> None:
    module = script("sequence_svg")

    with pytest.raises(module.SequenceError, match="line 2: 'a -> c: hello'"):
        module.parse_sequence("participants: a | b\na -> c: hello")
    image = module.sequence_svg("participants: a | b\na -> b: <hello> & goodbye", label='say "x"')
    assert "&lt;hello&gt; &amp; goodbye" in image
    assert 'aria-label="say &quot;x&quot;"' in image
