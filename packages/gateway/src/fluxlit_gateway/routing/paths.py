"""Prefixes and paths: how they are normalised, and how a request's path is split for dispatch.

Two kinds of reverse proxies stand in front of a gateway with a public mount: those that strip the mount from the path
and those that forward it whole. Both arrive here and leave in one form.
"""

import re

__all__ = (
    "DEFAULT_API_PREFIX",
    "has_unsafe_segments",
    "normalize_api_mount_path",
    "normalize_root_mount",
    "split_gateway_paths",
)

DEFAULT_API_PREFIX = "/api"

_DOT_SEGMENT = re.compile(r"(?:^|[/\\])\.{1,2}(?:[/\\]|$)")


def normalize_api_mount_path(path: str) -> str:
    """Return the API prefix with one leading slash and no trailing one; empty means ``/api``, only slashes ``/``."""
    stripped = path.strip()
    if not stripped:
        return DEFAULT_API_PREFIX
    return "/" + stripped.strip("/")


def normalize_root_mount(path: str) -> str:
    """Return the public mount with one leading slash and no trailing one; ``""`` when there is none."""
    inner = path.strip().strip("/")
    return f"/{inner}" if inner else ""


def split_gateway_paths(path: str, mount: str) -> tuple[str, str]:
    """Return the path used for dispatch (without the mount) and the path the UI is asked for (with it).

    The mount is removed at most once, and only as whole segments: ``/ab`` is not below the mount ``/a``.

    Args:
        path: The decoded path of the request.
        mount: The normalised public mount, ``""`` for none.
    """
    if not mount:
        return path, path
    if path == mount:
        return "/", path
    if path.startswith(mount) and path[len(mount)] == "/":
        return path[len(mount) :], path
    rooted = path if path.startswith("/") else f"/{path}"
    return rooted, mount + rooted


def has_unsafe_segments(path: str) -> bool:
    """Tell whether a decoded path could mean another place or another host to whoever resolves it.

    That is a ``.`` or ``..`` segment (RFC 3986, section 5.2.4; browsers resolve them before sending, so only hand-made
    requests have them) or a start of two slashes, which a redirect would turn into a host name. Backslashes count as
    slashes, because browsers and Windows treat them so.
    """
    if "/." not in path and "\\" not in path and not path.startswith("//"):
        return False
    return path.startswith(("//", "/\\", "\\")) or _DOT_SEGMENT.search(path) is not None
