"""Diagrams of the documentation, drawn from text while the site is built: nothing of them is a script in the page.

Two directives, each with a file below `docs/` and `:alt:`, which says in words what the diagram shows:

- `{sequence}`: who says what to whom, drawn by `sequence_svg`.
- `{graphviz}`: Sphinx's own, drawn by Graphviz (`dot`). Where that is not installed, the words and the source are shown
  in its place and the build says so once; everything else of the site is the same.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sequence_svg import SequenceError, sequence_svg
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ("DiagramAsText", "SequenceDiagram", "setup")

logger = logging.getLogger(__name__)


class FileDirective(SphinxDirective):
    """A directive whose argument is a file below `docs/`, relative to the page, and which has words for it."""

    required_arguments = 1
    has_content = False
    option_spec: ClassVar = {"alt": directives.unchanged_required, "caption": directives.unchanged}

    def source(self) -> tuple[str, str]:
        """The file's text and the words for it; the page is built anew when the file changes."""
        if "alt" not in self.options:
            raise self.error("a diagram needs :alt:, for those who do not see it")
        _, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(path)
        return Path(path).read_text("utf-8"), self.options["alt"]


class SequenceDiagram(FileDirective):
    """`{sequence} diagrams/login.sequence`."""

    def run(self) -> list[nodes.Node]:
        """The image inside the page; in other formats than HTML, the words."""
        text, alt = self.source()
        try:
            image = sequence_svg(text, label=alt)
        except SequenceError as error:
            raise self.error(f"{self.arguments[0]}: {error}") from error
        return [
            nodes.raw("", f'<div class="diagram">{image}</div>', format="html"),
            nodes.raw("", alt, format="text"),
        ]


class DiagramAsText(FileDirective):
    """Stands in for `{graphviz}` where `dot` is missing."""

    def run(self) -> list[nodes.Node]:
        """The words, and the source."""
        text, alt = self.source()
        admonition = nodes.note("", nodes.paragraph("", alt))
        admonition += nodes.paragraph("", "Drawn by Graphviz, which was not installed where this site was built.")
        block = nodes.literal_block(text, text)
        block["language"] = "text"
        return [admonition, block]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("sequence", SequenceDiagram)
    if shutil.which("dot"):
        app.setup_extension("sphinx.ext.graphviz")
    else:
        app.add_directive("graphviz", DiagramAsText)
        logger.info("Graphviz is not installed (Debian: apt-get install graphviz): diagrams are shown as text.")
    return {"parallel_read_safe": True}
