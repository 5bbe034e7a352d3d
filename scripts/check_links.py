"""Asks for every address of other sites that the pages, READMEs and examples name: `make links`.

Needs the network, and says so where it is not there. Exit code 1 only when a site answers that a page does not exist
(404, 410): what cannot be reached, or wants no programs, says nothing about the address. Links between our own pages
need no network; `make docs` and `tests/docs` check them.
"""

from __future__ import annotations

import itertools
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlsplit

import httpx2 as httpx
from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

__all__ = ("external_links", "main", "verdict")

ROOT = Path(__file__).resolve().parents[1]
GONE = {404, 410}
SECONDS = 15.0
# Names that nobody owns (RFC 2606) and this machine: what examples use.
RESERVED = re.compile(r"(^|\.)(example(\.(com|org|net))?|invalid|test|localhost)$|^127\.|^\[")


def external_links(root: Path) -> dict[str, list[str]]:
    """Each address and the pages that link to it; code blocks are no links, and reserved names lead nowhere."""
    found: dict[str, list[str]] = {}
    pages = [
        *root.glob("*.md"),
        *root.glob("docs/**/*.md"),
        *root.glob("packages/*/*.md"),
        *root.glob("examples/*/*.md"),
    ]
    for page in sorted(each for each in pages if not {"_build", "generated"} & set(each.parts)):
        for token in MarkdownIt("commonmark").parse(page.read_text("utf-8")):
            for address in _links(token):
                url, _ = urldefrag(address)
                if urlsplit(url).scheme in {"http", "https"} and not RESERVED.search(urlsplit(url).hostname or ""):
                    found.setdefault(url, []).append(str(page.relative_to(root)))
    return found


def _links(token: Token) -> Iterator[str]:
    for child in token.children or ():
        if isinstance(address := child.attrs.get("href", child.attrs.get("src")), str):
            yield address
        yield from _links(child)


def verdict(url: str, client: httpx.Client) -> tuple[bool, str]:
    """Whether the address may stay, and what came back."""
    try:
        answer = client.get(url)
    except httpx.HTTPError as error:
        return True, f"not reached: {error or type(error).__name__}"
    if answer.status_code in GONE:
        return False, f"gone: {answer.status_code}"
    return True, "ok" if answer.is_success else f"answers {answer.status_code}, which says nothing about the page"


def main(root: Path = ROOT) -> int:
    """Report each address; 1 if one of them is gone."""
    links = external_links(root)
    with httpx.Client(timeout=SECONDS, follow_redirects=True) as client, ThreadPoolExecutor(4) as pool:
        verdicts = dict(zip(links, pool.map(verdict, links, itertools.repeat(client)), strict=True))
    for url, (_, said) in sorted(verdicts.items()):
        print(f"{said:12}  {url}  ({', '.join(sorted(set(links[url])))})")
    unreached = sum(said.startswith("not reached") for _, said in verdicts.values())
    gone = [url for url, (good, _) in verdicts.items() if not good]
    print(f"{len(links)} addresses: {len(gone)} gone, {unreached} not reached from this machine")
    return 1 if gone else 0


if __name__ == "__main__":
    sys.exit(main())
