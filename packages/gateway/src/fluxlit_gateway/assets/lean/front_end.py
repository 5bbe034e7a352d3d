"""Streamlit's front end with lighter fonts: which files become which.

Lifecycle: made from the list of files, and lighter from then on if the parts of its fonts are in the cache folder; else
plain until `make` has made them (some seconds, in the builder's thread) and puts a new view in the place of the plain
one, in one step, so that requests never see half of it. What does not look as expected stays plain.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import NamedTuple, Self

from fluxlit_gateway.assets.errors import AssetChangedError
from fluxlit_gateway.assets.inventory import Asset, describe
from fluxlit_gateway.assets.lean.errors import UnknownFrontEndError
from fluxlit_gateway.assets.lean.font_split import ICONS, TEXT, Cut, FontPart, load_part, make_part
from fluxlit_gateway.assets.lean.names import derived_path, digest_of, nameless
from fluxlit_gateway.assets.lean.page import LeanPage
from fluxlit_gateway.assets.lean.stylesheet import icon_fonts, with_split_face
from fluxlit_gateway.assets.variant_store import VariantStore

__all__ = ("LeanFrontEnd", "View")

_LOG = logging.getLogger(__name__)
_STYLESHEETS = re.compile(r'<link\s[^>]*\brel="stylesheet"[^>]*\bhref="\.(/[^"?#]+)"')
_PRELOADED_FONTS = re.compile(r'<link\s[^>]*\brel="preload"[^>]*\bhref="\.(/[^"?#]+\.woff2)"')


class View(NamedTuple):
    """What is served.

    Attributes:
        assets: By path; derived ones in place of the plain ones or beside them.
        page: How the page changes; None when it does not.
    """

    assets: Mapping[str, Asset]
    page: LeanPage | None = None


class LeanFrontEnd:
    """Derives the lighter files.

    Args:
        root: The static folder, with index.html.
        assets: The files in it.
        store: Where parts of fonts are kept; None keeps them in memory.

    Attributes:
        view: What is served now.

    Raises:
        UnknownFrontEndError: This front end is not known.
        AssetChangedError: A file is no longer the one that was listed.
        OSError: A file cannot be read.
    """

    def __init__(self, root: Path, assets: Mapping[str, Asset], *, store: VariantStore | None) -> None:
        self._index = describe(root, root / "index.html")
        self._plain = assets
        self._store = store
        self.view = View(assets)
        html = self._index.read().decode("utf-8", "replace")
        self._stylesheet, self._css, icons = _stylesheet_with_icons(html, assets)
        self._cuts: dict[str, Cut] = {icons: ICONS}
        self._preloaded = [path for path in _PRELOADED_FONTS.findall(html) if path in assets]
        self._cuts.update(dict.fromkeys(self._preloaded, TEXT))
        self._aliases = {nameless(path, derived=False): assets[path] for path in self._cuts}
        if store is not None:
            self._use({path: load_part(assets[path], cut, store) for path, cut in self._cuts.items()})

    @classmethod
    def of(cls, root: Path, assets: Mapping[str, Asset], *, store: VariantStore | None) -> Self | None:
        """The lighter front end; None, with a line for whoever debugs, when this one is not known."""
        try:
            return cls(root, assets, store=store)
        except (UnknownFrontEndError, AssetChangedError, OSError) as error:
            _LOG.debug("Streamlit's files are served as they are: %s", error)
            return None

    def stand_in(self, path: str) -> Asset | None:
        """The plain file for the name of a derived one that is not here (yet): another process may have named it.

        It shows the same and more, and no cache may keep it under this name.
        """
        plain = self._aliases.get(nameless(path, derived=True))
        return replace(plain, lasting=False) if plain is not None else None

    def make(self, cancelled: Event) -> None:
        """Make what is not there yet.

        Raises:
            OSError: The cache folder cannot be written, a file cannot be read.
            AssetChangedError: A file is no longer the one that was listed.
        """
        if self.view.page is not None:
            return
        try:
            self._use({path: self._part(path, cut, cancelled) for path, cut in self._cuts.items()})
        except UnknownFrontEndError as error:
            _LOG.debug("Streamlit's fonts are served whole: %s", error)

    def derived(self) -> list[Asset]:
        """The derived files, for whoever compresses them."""
        return [asset for asset in self.view.assets.values() if asset.content is not None]

    def _part(self, path: str, cut: Cut, cancelled: Event) -> FontPart | None:
        font = self._plain[path]
        # Another process may have made it meanwhile.
        made = load_part(font, cut, self._store) if self._store is not None else None
        return made or make_part(font, cut, self._store, cancelled=cancelled)

    def _use(self, parts: Mapping[str, FontPart | None]) -> None:
        css, names, files = self._css, list[tuple[bytes, bytes]](), dict[str, Asset]()
        for path, part in parts.items():
            if part is None:
                return
            name = derived_path(path, part.content)
            if name is None:
                raise UnknownFrontEndError(f"{path!r} carries no hash of eight characters")
            css = with_split_face(css, path, name, ranges=part.ranges)
            files[name] = _derived(self._plain[path], name, part.content)
            if path in self._preloaded:
                names.append((path.encode(), name.encode()))
        files[self._stylesheet] = _derived(self._plain[self._stylesheet], self._stylesheet, css.encode())
        self.view = View({**self._plain, **files}, LeanPage.of(self._index.etag, names))


def _stylesheet_with_icons(html: str, assets: Mapping[str, Asset]) -> tuple[str, str, str]:
    fonts = [path for path in assets if path.endswith(".woff2")]
    for path in _STYLESHEETS.findall(html):
        if path in assets:
            css = assets[path].read().decode("utf-8", "replace")
            icons = icon_fonts(css, fonts)
            if len(icons) == 1:
                return path, css, icons[0]
    raise UnknownFrontEndError("no stylesheet that the page names has one font of icons")


def _derived(like: Asset, path: str, content: bytes) -> Asset:
    digest = digest_of(content)
    return replace(
        like,
        path=path,
        content=content,
        revision=digest,
        size=len(content),
        modified=None,
        etag=f'{like.etag[:-1]}{digest}"',
    )
