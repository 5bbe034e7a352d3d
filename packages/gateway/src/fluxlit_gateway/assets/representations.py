"""What is sent for an asset in one coding: from memory, from the cache folder, or made on the spot.

Lifecycle: the first request for a coding reads the file in a worker thread; if the cache folder has no coded form yet,
a quick one is made and sent until the better one is there. Requests that come meanwhile wait for the same result.
Results stay in memory, the least recently used leave first. All methods belong to one event loop, but for `remember`,
which any thread may call.
"""

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from fluxlit_gateway.assets.accept_encoding import Encoding
from fluxlit_gateway.assets.compression import compress
from fluxlit_gateway.assets.inventory import Asset
from fluxlit_gateway.assets.variant_store import VariantStore

__all__ = ("Representation", "Representations")

_Key = tuple[str, str, Encoding]


@dataclass(frozen=True, slots=True)
class Representation:
    """One coding of one asset.

    Attributes:
        encoding: Which one.
        body: What is sent.
        etag: A strong tag of its own: another coding, or a quick form beside the best, has another.
        best: Whether no smaller form is being made.
    """

    encoding: Encoding
    body: bytes
    etag: str
    best: bool


def _coded(encoding: Encoding, body: bytes, *, best: bool) -> Representation:
    return Representation(encoding, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"', best)


class Representations:
    """All representations.

    Args:
        store: The cache folder; None keeps everything in memory.
        memory_bytes: How much is kept in memory.
    """

    def __init__(self, store: VariantStore | None, *, memory_bytes: int) -> None:
        self._store = store
        self._memory_bytes = memory_bytes
        self._held: OrderedDict[_Key, Representation] = OrderedDict()
        self._held_bytes = 0
        self._lock = Lock()
        self._loading: dict[_Key, asyncio.Task[Representation]] = {}

    async def get(self, asset: Asset, encoding: Encoding) -> Representation:
        """The representation to send.

        Raises:
            OSError: The file is gone.
            AssetChangedError: It is no longer the one that was listed.
        """
        key = (asset.path, asset.revision, encoding)
        held = self._recall(key)
        if held is not None and (held.best or self._store is None or not self._store.has(asset, encoding)):
            return held
        task = self._loading.get(key)
        if task is None:
            task = asyncio.create_task(asyncio.to_thread(self._load, asset, encoding))
            self._loading[key] = task
            task.add_done_callback(lambda _: self._loading.pop(key, None))
        # A client that leaves must not take the result from those who wait for the same.
        return await asyncio.shield(task)

    async def wait_for_loading(self) -> None:
        """Wait until no worker thread is busy for a request."""
        await asyncio.gather(*self._loading.values(), return_exceptions=True)

    def remember(self, asset: Asset, encoding: Encoding, coded: bytes) -> None:
        """Keep the best form, made without a cache folder."""
        self._keep((asset.path, asset.revision, encoding), _coded(encoding, coded, best=True))

    def _recall(self, key: _Key) -> Representation | None:
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
            return held

    def _keep(self, key: _Key, representation: Representation) -> None:
        with self._lock:
            earlier = self._held.pop(key, None)
            if earlier is not None:
                self._held_bytes -= len(earlier.body)
                if earlier.best and not representation.best:
                    representation = earlier
            self._held[key] = representation
            self._held_bytes += len(representation.body)
            while self._held_bytes > self._memory_bytes and len(self._held) > 1:
                _, dropped = self._held.popitem(last=False)
                self._held_bytes -= len(dropped.body)

    def _load(self, asset: Asset, encoding: Encoding) -> Representation:
        representation = self._read(asset, encoding)
        self._keep((asset.path, asset.revision, encoding), representation)
        return representation

    def _read(self, asset: Asset, encoding: Encoding) -> Representation:
        plain = asset.read()
        if encoding == "identity":
            return Representation(encoding, plain, asset.etag, best=True)
        stored = self._store.load(asset, encoding, plain=plain) if self._store is not None else None
        if stored is not None:
            return _coded(encoding, stored, best=True)
        # What does not shrink is not built, and a file that is still there cannot be read: nothing better will come.
        final = not asset.compressible or (self._store is not None and self._store.has(asset, encoding))
        return _coded(encoding, compress(plain, encoding, "quick") or b"", best=final)
