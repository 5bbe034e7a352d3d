"""Joins a request's path to the base URL and refuses what would leave the API.

A path comes from code that may have put user input into it, so it must stay below the base URL's prefix however a
server, a proxy or a browser would read it (RFC 3986, and the WHATWG URL standard for backslashes and control
characters).
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from fluxlit_client.errors import InvalidPathError

__all__ = ("join_path",)

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_PATH = re.compile(r"[^?#]*")


def join_path(base: str, path: str) -> str:
    """The URL of ``path`` below ``base``.

    Args:
        base: Absolute URL without a trailing slash.
        path: Path with an optional query; a missing leading slash is added.

    Raises:
        InvalidPathError: The path is an absolute URL (``https:/x``, ``//host``), climbs (``..``, also encoded), or
            has a backslash or a control character. A URL inside the query (``/login?next=http://x``) is fine.
    """
    if _CONTROL.search(path):
        raise InvalidPathError(path, "it holds a control character; percent-encode the value")
    only_path = _PATH.match(path)
    plain = only_path.group() if only_path else ""
    if plain.startswith("//") or _SCHEME.match(plain):
        raise InvalidPathError(
            path, "it is an absolute URL; build an ApiClient with that base URL, or begin with one '/'"
        )
    if "\\" in plain:
        raise InvalidPathError(path, "it holds a backslash, which some servers read as '/'; percent-encode it as %5C")
    segments = re.split(r"[/\\]", unquote(plain))
    if any(segment in {".", ".."} for segment in segments):
        raise InvalidPathError(path, "it holds a dot segment and could leave the API; name the path in full")
    return f"{base}{'' if path.startswith('/') else '/'}{path}"
