"""The files that may be served: a fixed list, so that no path of a request ever reaches the file system.

Streamlit calls everything of its static folder immutable but for HTML and the build manifest
(``streamlit/web/server/starlette/starlette_static_routes.py``); those two are left to it.
"""

import hashlib
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from fluxlit_gateway.assets.errors import AssetChangedError

__all__ = ("Asset", "describe", "find_assets", "first_view")

# Below this a coded form with its headers saves no packet (bytes).
_SMALLEST_COMPRESSIBLE = 512
_COMPRESSIBLE_SUFFIXES = frozenset({".css", ".js", ".json", ".map", ".mjs", ".svg", ".txt", ".wasm", ".xml"})
# What the registry of the machine says differs; these do not.
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file.

    Attributes:
        path: URL path below the mount, beginning with a slash.
        file: Where it is.
        size: Bytes.
        modified: Seconds since the epoch; None for what has no date of its own.
        media_type: The `Content-Type`.
        compressible: Whether a coded form is smaller.
        etag: Of the plain bytes, quoted; the one that Streamlit sends, so that what a browser has cached stays valid.
        content: What is served in place of the file's content; None for the file itself.
        revision: Tells such a content from others of the same path.
        lasting: Whether caches may keep it for good.
    """

    path: str
    file: Path
    size: int
    modified: float | None
    media_type: str
    compressible: bool
    etag: str
    content: bytes | None = None
    revision: str = ""
    lasting: bool = True

    @property
    def last_modified(self) -> str | None:
        """The `Last-Modified` date."""
        return None if self.modified is None else formatdate(self.modified, usegmt=True)

    def read(self) -> bytes:
        """The plain bytes.

        Raises:
            OSError: The file is gone.
            AssetChangedError: It has another size than when it was listed.
        """
        if self.content is not None:
            return self.content
        content = self.file.read_bytes()
        if len(content) != self.size:
            raise AssetChangedError(f"{str(self.file)!r} has {len(content)} bytes instead of {self.size}; restart")
        return content


def find_assets(root: Path) -> Mapping[str, Asset]:
    """All files below a static folder that are served with an immutable cache header, by their URL path."""
    assets = (describe(root, file) for file in sorted(root.rglob("*")) if _is_immutable(root, file))
    return {asset.path: asset for asset in assets}


def _is_immutable(root: Path, file: Path) -> bool:
    parts = file.relative_to(root).parts
    hidden = any(part.startswith(".") for part in parts)
    return not hidden and file.suffix != ".html" and parts != ("manifest.json",) and file.is_file()


def describe(root: Path, file: Path) -> Asset:
    """One file of a static folder, as it is served."""
    status = file.stat()
    suffix = file.suffix.lower()
    media_type = _MEDIA_TYPES.get(suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    # Starlette's formula: FileResponse.set_stat_headers.
    tag = hashlib.md5(f"{status.st_mtime}-{status.st_size}".encode(), usedforsecurity=False).hexdigest()
    return Asset(
        path=f"/{file.relative_to(root).as_posix()}",
        file=file,
        size=status.st_size,
        modified=status.st_mtime,
        media_type=media_type,
        compressible=suffix in _COMPRESSIBLE_SUFFIXES and status.st_size >= _SMALLEST_COMPRESSIBLE,
        etag=f'"{tag}"',
    )


def first_view(root: Path, assets: Mapping[str, Asset]) -> list[Asset]:
    """All assets, those first that any first visit loads: what index.html names, then the smaller before the larger."""
    index = root / "index.html"
    html = index.read_text("utf-8", "replace") if index.is_file() else ""
    named = [f"/{path}" for path in re.findall(r'(?:src|href)="\./([^"?#]+)"', html)]
    by_size: Iterable[str] = sorted(assets, key=lambda path: assets[path].size)
    return [assets[path] for path in dict.fromkeys([*named, *by_size]) if path in assets]
