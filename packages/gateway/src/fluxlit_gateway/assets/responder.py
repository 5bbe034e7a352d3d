"""Streamlit's static files, answered by the gateway itself, compressed.

Lifecycle: made with the list of files; `start` begins to compress them in the background; `stop` ends that. It answers
from the first moment, and without `start` too: what is not compressed yet is compressed quickly on request.
"""

import asyncio
import logging
from pathlib import Path
from typing import Self

from fluxlit_gateway.asgi import Scope, Send
from fluxlit_gateway.assets.accept_encoding import choose_encoding
from fluxlit_gateway.assets.answers import send_bodiless, send_not_modified, send_range, send_whole
from fluxlit_gateway.assets.builder import VariantBuilder
from fluxlit_gateway.assets.conditions import is_not_modified
from fluxlit_gateway.assets.errors import AssetCacheError, AssetChangedError
from fluxlit_gateway.assets.inventory import Asset, find_assets, first_view
from fluxlit_gateway.assets.lean.front_end import LeanFrontEnd, View
from fluxlit_gateway.assets.representations import Representation, Representations
from fluxlit_gateway.assets.request_fields import RequestFields
from fluxlit_gateway.assets.streamlit_install import find_streamlit
from fluxlit_gateway.assets.variant_store import VariantStore, default_cache_dir

__all__ = ("StaticAssets",)

_LOG = logging.getLogger(__name__)

# All of a Streamlit's brotli forms are about 6 MB, its largest file 5 MB.
_MEMORY_BYTES = 32 * 1024 * 1024


class StaticAssets:
    """Answers requests for the files of one folder.

    Args:
        root: The folder; its files' URL paths are below "/".
        key: Names the version of the files in the cache folder, for example "streamlit-1.67.0".
        cache_dir: Where coded forms are kept; None keeps them in memory.
        memory_bytes: How much is kept in memory in any case.
        lean: Whether pages load only the part of Streamlit's fonts that they show; see ``fluxlit_gateway.assets.lean``.

    Raises:
        AssetCacheError: The cache folder cannot be used.
    """

    def __init__(
        self, root: Path, *, key: str, cache_dir: Path | None, memory_bytes: int = _MEMORY_BYTES, lean: bool = False
    ) -> None:
        assets = find_assets(root)
        store = VariantStore(cache_dir, key=key) if cache_dir is not None else None
        self._lean = LeanFrontEnd.of(root, assets, store=store) if lean else None
        self._plain = View(assets)
        self._representations = Representations(store, memory_bytes=memory_bytes)
        self._builder = VariantBuilder(
            first_view(root, assets), store=store, representations=self._representations, lean=self._lean
        )

    @classmethod
    def for_streamlit(cls, *, cache_dir: Path | None = None, lean: bool = True) -> Self | None:
        """The files of the installed Streamlit; None when there is none.

        Args:
            cache_dir: Where coded forms are kept; None takes the user's cache folder, or memory if that is unusable
                (a container without a home).
            lean: See the class.

        Raises:
            AssetCacheError: The given folder cannot be used.
        """
        install = find_streamlit()
        if install is None:
            return None
        key = f"streamlit-{install.version}"
        if cache_dir is not None:
            return cls(install.static, key=key, cache_dir=cache_dir, lean=lean)
        try:
            return cls(install.static, key=key, cache_dir=default_cache_dir(), lean=lean)
        except AssetCacheError as error:
            _LOG.warning("compressed assets are kept in memory only: %s", error)
            return cls(install.static, key=key, cache_dir=None, lean=lean)

    def match(self, path: str) -> Asset | None:
        """The file of a decoded URL path, the public mount removed; None for whatever is none of these files."""
        if self._lean is None:
            return self._plain.assets.get(path)
        asset = self._lean.view.assets.get(path)
        return asset if asset is not None or "~" not in path else self._lean.stand_in(path)

    def page_sender(self, scope: Scope, send: Send) -> Send:
        """Where the upstream's answer to a request for what may be Streamlit's page is to be sent.

        Args:
            scope: The request; its conditions are put into the upstream's terms.
            send: The server's.
        """
        page = self._lean.view.page if self._lean is not None else None
        return send if page is None else page.serve(scope, send)

    async def start(self) -> None:
        """Begin to compress in the background."""
        self._builder.start()

    async def stop(self) -> None:
        """End that; takes a second at most. It may be started again."""
        await asyncio.to_thread(self._builder.stop)
        await self._representations.wait_for_loading()

    def build(self) -> None:
        """Compress everything here and now, for an image that is built before it runs; takes about a minute.

        Raises:
            OSError: The cache folder cannot be written.
        """
        self._builder.run()

    async def respond(self, asset: Asset, scope: Scope, send: Send) -> bool:
        """Answer one request for a file.

        Returns:
            False when the file has gone since the start (Streamlit was replaced): nothing was sent then, and the
            request is for the upstream to answer.
        """
        if scope["method"] not in {"GET", "HEAD"}:
            await send_bodiless(send, 405, [(b"allow", b"GET, HEAD")])
            return True
        fields = RequestFields.of(scope)
        head = scope["method"] == "HEAD"
        # RFC 9110 section 14.2: a range is for GET alone.
        wanted = None if head else fields.wanted_range(asset)
        encoding = (
            choose_encoding(fields.accept_encoding, compressible=asset.compressible) if wanted is None else "identity"
        )
        if encoding is None:
            await send_bodiless(send, 406, [(b"vary", b"Accept-Encoding")])
            return True
        try:
            representation = await self._representations.get(asset, encoding)
        except (OSError, AssetChangedError) as error:
            _LOG.warning("left to the upstream: %s", error)
            return False
        if _client_has_it(fields, asset, representation):
            await send_not_modified(send, asset, representation)
        elif wanted is not None:
            await send_range(send, asset, representation, wanted=wanted)
        else:
            await send_whole(send, asset, representation, head=head)
        return True


def _client_has_it(fields: RequestFields, asset: Asset, representation: Representation) -> bool:
    return is_not_modified(
        if_none_match=fields.if_none_match,
        if_modified_since=fields.if_modified_since,
        etag=representation.etag,
        modified=asset.modified,
    )
