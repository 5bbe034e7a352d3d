"""Sphinx settings. `make docs` builds with warnings as errors."""

import importlib.metadata

project = "FluxLit"
author = "The FluxLit developers"
copyright = "2026, The FluxLit developers"
release = importlib.metadata.version("fluxlit")
version = ".".join(release.split(".")[:2])

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"FluxLit {version}"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True
