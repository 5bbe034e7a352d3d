"""Coded forms and parts of fonts on disk: a folder per version of Streamlit, shared by processes, kept between runs.

Lifecycle of a file: written beside its place under a temporary name, flushed, then renamed, so that a reader sees the
whole file or none. It carries the digests of the plain and of the coded bytes; a file whose digests do not fit (cut
short by a full disk, made from a patched Streamlit, damaged) is removed and counts as missing.

The folder must belong to this user and be writable by nobody else: what is in it is sent to browsers as script.
"""

import contextlib
import hashlib
import os
import struct
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from threading import Event
from urllib.parse import quote

import platformdirs

from fluxlit_gateway.assets.errors import AssetCacheError
from fluxlit_gateway.assets.inventory import Asset

if sys.platform != "win32":
    import fcntl

__all__ = ("VariantStore", "default_cache_dir")

# Magic with the version of this format, digest of the plain bytes, digest of the coded bytes.
_HEADER = struct.Struct("8s32s32s")
_MAGIC = b"FLXVAR\x00\x01"
_TEMPORARY_SUFFIX = ".tmp"
# Between two looks at a lock that another process holds while it builds; in seconds.
_LOCK_INTERVAL = 1.0


def default_cache_dir() -> Path:
    """The user's cache folder for this package, by the rules of the operating system (``XDG_CACHE_HOME`` and so on)."""
    return platformdirs.user_cache_path("fluxlit", appauthor=False) / "assets"


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


class VariantStore:
    """The folder of one version.

    Args:
        cache_dir: Where the folders of all versions are.
        key: Names this one: what the files are made of, for example "streamlit-1.67.0".

    Raises:
        AssetCacheError: The folder cannot be made, or others than this user could write to it.
    """

    def __init__(self, cache_dir: Path, *, key: str) -> None:
        self.folder = cache_dir / quote(key, safe="+")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _refuse_foreign(self.folder)
        except OSError as error:
            raise AssetCacheError(
                f"the asset cache {str(self.folder)!r} cannot be used ({error}); give a folder that this user can write"
            ) from error

    def _place(self, asset: Asset, form: str) -> Path:
        return self.folder / f"{quote(asset.path.removeprefix('/'), safe='')}{asset.revision}.{form}"

    def has(self, asset: Asset, form: str) -> bool:
        """Whether there is a file, good or not; costs one stat."""
        return self._place(asset, form).exists()

    def load(self, asset: Asset, form: str, *, plain: bytes) -> bytes | None:
        """The coded bytes of these plain bytes; None when they are not here, unreadable or damaged."""
        place = self._place(asset, form)
        try:
            content = place.read_bytes()
        except OSError:
            return None
        coded = content[_HEADER.size :]
        if content[: _HEADER.size] == _HEADER.pack(_MAGIC, _digest(plain), _digest(coded)):
            return coded
        with contextlib.suppress(OSError):
            place.unlink()
        return None

    def save(self, asset: Asset, form: str, coded: bytes, *, plain: bytes) -> None:
        """Put the coded bytes in their place, whole.

        Raises:
            OSError: The disk is full, the folder is gone.
        """
        place = self._place(asset, form)
        descriptor, name = tempfile.mkstemp(_TEMPORARY_SUFFIX, dir=self.folder)
        try:
            with os.fdopen(descriptor, "wb") as temporary:
                temporary.write(_HEADER.pack(_MAGIC, _digest(plain), _digest(coded)))
                temporary.write(coded)
                temporary.flush()
                os.fsync(temporary.fileno())
            Path(name).replace(place)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    @contextlib.contextmanager
    def building(self, cancelled: Event) -> Generator[bool]:
        """Be the one process that builds; waits for another that does, until cancelled.

        Yields:
            Whether to build: False when cancelled first. Where the system has no such lock (Windows), several may
            build at once, which costs time and harms nothing.
        """
        if sys.platform == "win32":
            yield not cancelled.is_set()
            return
        with (self.folder / "lock").open("wb") as lock:
            while not cancelled.is_set():
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    cancelled.wait(_LOCK_INTERVAL)
                else:
                    self._remove_leftovers()
                    yield True
                    return
            yield False

    def _remove_leftovers(self) -> None:
        # Only the holder of the lock writes, so these are of a process that was killed.
        for leftover in self.folder.glob(f"*{_TEMPORARY_SUFFIX}"):
            leftover.unlink(missing_ok=True)


def _refuse_foreign(folder: Path) -> None:
    if sys.platform == "win32":
        return
    status = folder.stat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise PermissionError("others than this user can write to it")
