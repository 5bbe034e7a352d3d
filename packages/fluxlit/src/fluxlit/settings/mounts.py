"""Paths under which the application and its API are mounted, in one normal form."""

__all__ = ("normalize_api_mount_path", "normalize_root_mount")


def normalize_api_mount_path(path: str) -> str:
    """``api``, ``/api/`` and nothing become ``/api``; ``/`` stays ``/``."""
    text = path.strip()
    if not text:
        return "/api"
    return "/" + text.strip("/")


def normalize_root_mount(path: str) -> str:
    """``api`` and ``/api/`` become ``/api``; ``/`` and nothing become the empty string."""
    text = path.strip().strip("/")
    return f"/{text}" if text else ""
