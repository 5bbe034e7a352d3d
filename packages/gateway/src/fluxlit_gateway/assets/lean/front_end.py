"""Streamlit's front end with lighter fonts: which files become which.

Lifecycle: made from the list of files, and with it the stylesheet that loads icons on demand. The part of the font comes
from the cache folder then, or later by `make` (some seconds, in the builder's thread). Either puts a new view in the
place of the last one in one step, so that requests never see half of it. What does not look as expected is left plain.
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
from fluxlit_gateway.assets.lean.font_split import COMMON_CHARACTERS, FontPart, load_part, make_part
from fluxlit_gateway.assets.lean.names import derived_path, digest_of, nameless
from fluxlit_gateway.assets.lean.page import LeanPage
from fluxlit_gateway.assets.lean.stylesheet import with_icons_on_demand, with_split_face
from fluxlit_gateway.assets.variant_store import VariantStore

__all__ = ("LeanFrontEnd", "View")

_LOG = logging.getLogger(__name__)
_STYLESHEETS = re.compile(r'<link[^>]*\brel="stylesheet"[^>]*\bhref="\.(/[^"?#]+)"')
_PRELOADED_FONTS = re.compile(r'<link\s[^>]*\brel="preload"[^>]*\bhref="\.(/[^"?#]+\.woff2)"')


class View(NamedTuple):
    """What is served now.

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
        UnknownFrontEndError: There is nothing that could be lighter.
    """

    def __init__(self, root: Path, assets: Mapping[str, Asset], *, store: VariantStore | None) -> None:
        self._index = root / "index.html"
        self._plain = assets
        self._store = store
        try:
            html = self._index.read_text("utf-8")
            named = [path for path in _STYLESHEETS.findall(html) if path in assets]
            styles = {path: assets[path].read().decode("utf-8") for path in named}
        except (OSError, ValueError) as error:
            raise UnknownFrontEndError(f"index.html or a stylesheet of it cannot be read: {error}") from error
        self._stylesheet = next((path for path, css in styles.items() if "Material Symbols" in css), "")
        self._css = with_icons_on_demand(styles.get(self._stylesheet, ""))
        fonts = [path for path in _PRELOADED_FONTS.findall(html) if path in assets]
        self._font = assets[fonts[0]] if len(fonts) == 1 else None
        self._aliases = {nameless(self._font.path, derived=False): self._font} if self._font is not None else {}
        self.view = View({**assets, self._stylesheet: self._derived(self._stylesheet, self._css.encode())})
        self.load()

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

    def load(self) -> bool:
        """Take the part of the font from the cache folder; whether there is nothing left to make."""
        if self._font is None or self.view.page is not None:
            return True
        try:
            part = load_part(self._font, self._store) if self._store is not None else None
            if part is not None:
                self._use(self._font, part)
        except UnknownFrontEndError as error:
            _LOG.debug("the text font is served whole: %s", error)
            return True
        return part is not None

    def make(self, cancelled: Event) -> None:
        """Make the part of the font, unless it can be loaded.

        Raises:
            OSError: The cache folder cannot be written, a file cannot be read.
            AssetChangedError: A file is no longer the one that was listed.
        """
        if self.load() or self._font is None:
            return
        try:
            part = make_part(self._font, self._store, cancelled=cancelled)
            if part is not None:
                self._use(self._font, part)
        except UnknownFrontEndError as error:
            _LOG.debug("the text font is served whole: %s", error)

    def derived(self) -> list[Asset]:
        """The derived files, for whoever compresses them."""
        return [asset for asset in self.view.assets.values() if asset.content is not None]

    def _use(self, font: Asset, part: FontPart) -> None:
        path = derived_path(font.path, part.content)
        if path is None:
            raise UnknownFrontEndError(f"{font.path!r} carries no hash of eight characters")
        ranges = (COMMON_CHARACTERS, part.rest)
        css = with_split_face(self._css, font.path, path, ranges=ranges).encode()
        files = {self._stylesheet: self._derived(self._stylesheet, css), path: self._derived(path, part.content)}
        tag = describe(self._index.parent, self._index).etag.encode()
        page = LeanPage(
            plain_tag=tag,
            tag=tag[:-1] + digest_of(path.encode()).encode() + b'"',
            plain_name=font.path.encode(),
            name=path.encode(),
        )
        self.view = View({**self._plain, **files}, page)

    def _derived(self, path: str, content: bytes) -> Asset:
        like = self._plain.get(path) or self._font or next(iter(self._plain.values()))
        digest = digest_of(content)
        return replace(
            like,
            path=path,
            content=content,
            revision=digest,
            size=len(content),
            modified=None,
            etag=like.etag[:-1] + digest + '"',
        )
