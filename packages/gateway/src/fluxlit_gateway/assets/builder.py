"""Makes the best coded forms in the background, once per version of Streamlit and machine.

Lifecycle: `start` gives the work to a thread of its own at the lowest priority; `stop` cancels it and waits a moment;
the next start, in this process or another, goes on where this one ended. It takes about a minute of one core for
Streamlit 1.67; what a first visit loads comes first, in brotli, which every browser prefers.
"""

import logging
import os
import sys
import threading
from collections.abc import Iterator, Sequence

from fluxlit_gateway.assets.accept_encoding import Encoding
from fluxlit_gateway.assets.compression import compress
from fluxlit_gateway.assets.errors import AssetChangedError
from fluxlit_gateway.assets.inventory import Asset
from fluxlit_gateway.assets.lean.front_end import LeanFrontEnd
from fluxlit_gateway.assets.representations import Representations
from fluxlit_gateway.assets.variant_store import VariantStore

__all__ = ("VariantBuilder",)

_LOG = logging.getLogger(__name__)
_ORDER: tuple[Encoding, ...] = ("br", "gzip", "zstd")
_LOWEST_PRIORITY = 19
# In seconds. A piece takes up to one of processor time, which at the lowest priority may be long on a busy machine.
_PATIENCE = 1.0


class VariantBuilder:
    """Builds whatever the store lacks.

    Args:
        assets: In the order in which they are wanted.
        store: Where to; None builds nothing but brotli, into memory.
        representations: Told of what was built without a store.
        lean: Makes parts of fonts, and files that name them; None where all is served as it is.
    """

    def __init__(
        self,
        assets: Sequence[Asset],
        *,
        store: VariantStore | None,
        representations: Representations,
        lean: LeanFrontEnd | None = None,
    ) -> None:
        self._assets = [asset for asset in assets if asset.compressible]
        self._store = store
        self._representations = representations
        self._lean = lean
        self._cancelled = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in a thread; while that runs, a second call does nothing."""
        if self._thread is None:
            self._cancelled = threading.Event()
            # A daemon, so that a process that ends without stop() is not held up by it.
            self._thread = threading.Thread(
                target=self._run_quietly, args=(self._cancelled,), name="fluxlit-asset-builder", daemon=True
            )
            self._thread.start()

    def stop(self, *, patience: float = _PATIENCE) -> None:
        """End early.

        Args:
            patience: Seconds to wait for the thread. One that is in the middle of a piece ends after it, and writes
                nothing any more.
        """
        self._cancelled.set()
        self.wait(patience)
        self._thread = None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until everything is built, for at most `timeout` seconds; whether the thread has ended."""
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def run(self, cancelled: threading.Event | None = None) -> None:
        """Build here and now, until done or cancelled.

        Raises:
            OSError: The store cannot be written, an asset cannot be read.
            AssetChangedError: An asset is no longer the one that was listed.
        """
        cancelled = cancelled or threading.Event()
        if self._store is None:
            self._make_lean(cancelled)
            self._build_into_memory(cancelled)
            return
        with self._store.building(cancelled) as ours:
            if ours:
                self._make_lean(cancelled)
            for asset, encoding in self._work(cancelled) if ours else ():
                self._build(asset, encoding, store=self._store, cancelled=cancelled)

    def _make_lean(self, cancelled: threading.Event) -> None:
        if self._lean is not None:
            self._lean.make(cancelled)
            derived = self._lean.derived()
            self._assets[:0] = [asset for asset in derived if asset.compressible and asset not in self._assets]

    def _run_quietly(self, cancelled: threading.Event) -> None:
        _lower_priority()
        try:
            self.run(cancelled)
        except (OSError, AssetChangedError) as error:
            _LOG.warning("assets keep being compressed on request: %s", error)

    def _work(self, cancelled: threading.Event) -> Iterator[tuple[Asset, Encoding]]:
        for encoding in _ORDER:
            for asset in self._assets:
                if cancelled.is_set():
                    return
                yield asset, encoding

    def _build(self, asset: Asset, encoding: Encoding, *, store: VariantStore, cancelled: threading.Event) -> None:
        plain = asset.read()
        if store.load(asset, encoding, plain=plain) is None:
            coded = compress(plain, encoding, "best", cancelled=cancelled)
            if coded is not None:
                store.save(asset, encoding, coded, plain=plain)

    def _build_into_memory(self, cancelled: threading.Event) -> None:
        for asset, encoding in self._work(cancelled):
            if encoding != _ORDER[0]:
                return
            coded = compress(asset.read(), encoding, "best", cancelled=cancelled)
            if coded is not None:
                self._representations.remember(asset, encoding, coded)


def _lower_priority() -> None:
    # Linux counts priorities per thread, so that page code and requests go first; elsewhere it would be the process's.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST_PRIORITY)
