"""Where a browser goes back to after a login: a place in this application, and nowhere else."""

import re
from typing import Final

__all__ = ("safe_return_address",)

# Browsers take backslashes for slashes and drop tabs and line breaks, so none of them may be there (WHATWG URL).
_PLAIN: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
_LONGEST: Final = 4096


def safe_return_address(asked: str | None, *, mount: str) -> str:
    """The path and query to go to: what was asked for if it is a place below the mount, else the start page.

    Args:
        asked: Path and query from an address that anybody may have written.
        mount: The public mount.
    """
    start = f"{mount}/"
    if not asked or len(asked) > _LONGEST or not _PLAIN.fullmatch(asked):
        return start
    return asked if asked == mount or asked.startswith((start, f"{mount}?")) else start
