"""Names of derived files: the original's, with a marked digest of the content in place of the build's hash.

``SourceSansVF-Upright.ttf.BsWL4Kly.woff2`` becomes ``SourceSansVF-Upright.ttf.~1a2b3c4.woff2``. Both are equally long,
so that a page that names it keeps its length, and no build makes such a name (hashes of Vite have no tilde).
"""

import hashlib
import re

__all__ = ("derived_path", "digest_of", "nameless")

# Eight characters of the base64url alphabet: https://rollupjs.org/configuration-options/#output-assetfilenames
_BUILD_HASH = re.compile(r"\.[A-Za-z0-9_-]{8}(\.[a-z0-9]+)\Z")
_DERIVED_HASH = re.compile(r"\.~[0-9a-f]{7}(\.[a-z0-9]+)\Z")


def digest_of(content: bytes) -> str:
    """Eight characters for a content: a tilde and seven hexadecimal digits."""
    return "~" + hashlib.sha256(content).hexdigest()[:7]


def derived_path(path: str, content: bytes) -> str | None:
    """The path of a content that was made from the file of this path; None when its name carries no hash."""
    name, found = _BUILD_HASH.subn(rf".{digest_of(content)}\1", path)
    return name if found else None


def nameless(path: str, *, derived: bool) -> str | None:
    """The path without its hash, the same for a file and all that is derived from it.

    Args:
        path: A URL path.
        derived: Whether the path must be that of a derived file; if not, it must be that of an original.
    """
    name, found = (_DERIVED_HASH if derived else _BUILD_HASH).subn(r"\1", path)
    return name if found else None
