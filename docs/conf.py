"""Sphinx settings. `make docs` builds with warnings as errors."""

import importlib.metadata
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import generate_site_pages  # noqa: E402 - found through the line above

project = "FluxLit"
author = "The FluxLit developers"
copyright = "2026, The FluxLit developers"
release = importlib.metadata.version("fluxlit")
version = ".".join(release.split(".")[:2])

extensions = ["myst_parser", "sphinx_diagrams"]
exclude_patterns = ["_build"]
graphviz_output_format = "svg"
html_static_path = ["_static"]
html_css_files = ["fluxlit.css"]
html_theme = "furo"
html_title = f"FluxLit {version}"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True


def _write_llms_text(app, error) -> None:  # noqa: ANN001 - Sphinx's own types, which are not imported for this
    """An index for programs, beside the pages."""
    if error is None and app.builder.name == "html":
        text = generate_site_pages.llms_text(ROOT, list(app.env.found_docs))
        (Path(app.outdir) / "llms.txt").write_text(text, encoding="utf-8")


def setup(app) -> None:  # noqa: ANN001 - as above
    """Make the pages that come from the code, before Sphinx looks for them."""
    generate_site_pages.generate(ROOT)
    app.connect("build-finished", _write_llms_text)
