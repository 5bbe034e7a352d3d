"""The documentation builds with warnings as errors, and its links lead somewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag

if TYPE_CHECKING:
    from conftest import Site


def test_the_pages_build_without_a_warning(site: Site) -> None:
    assert site.returncode == 0, site.said
    html = site.folder
    assert (html / "quick-start.html").is_file()
    assert (html / "searchindex.js").is_file()
    # Made from the code while the site is built.
    assert "build_gateway" in (html / "generated" / "python-api.html").read_text("utf-8")
    assert "streamlit" in (html / "generated" / "support-matrix.html").read_text("utf-8")
    index = (html / "llms.txt").read_text("utf-8")
    linked = re.findall(r"\]\(([^)]+)\)", index)
    assert len(linked) > 20
    assert [page for page in linked if not (html / page).is_file()] == []


def test_every_link_between_the_pages_has_its_page_and_anchor(site: Site) -> None:
    pages = {page.path: page for page in site.pages()}
    broken: list[str] = []
    for page in pages.values():
        for link in page.links:
            address, anchor = urldefrag(unquote(link))
            if re.match(r"[a-z]+:", address):
                continue
            target = (page.path.parent / address).resolve() if address else page.path
            if not target.is_file() or (anchor and target in pages and anchor not in pages[target].anchors):
                broken.append(f"{page.path.relative_to(site.folder)}: {link}")

    assert len(pages) > 35
    assert broken == []


def test_a_page_loads_nothing_from_another_site(site: Site) -> None:
    elsewhere = [
        (page.path.name, each) for page in site.pages() for each in page.loads if re.match(r"(https?:)?//", each)
    ]

    assert elsewhere == []
