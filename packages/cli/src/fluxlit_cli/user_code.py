"""Tells the user's own code from libraries, in tracebacks."""

import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

__all__ = ("is_user_file", "short_name", "user_frames", "user_traceback")


def is_user_file(filename: str) -> bool:
    """Whether ``filename`` is neither Python's, an installed library's nor FluxLit's."""
    parts = Path(filename).parts
    ours = any(part == "fluxlit" or part.startswith("fluxlit_") for part in parts)
    library = "site-packages" in parts or filename.startswith(("<", f"{sys.base_prefix}/lib"))
    return not (ours or library)


def user_frames(frames: Iterable[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """The frames of the user's own code."""
    return [frame for frame in frames if is_user_file(frame.filename)]


def short_name(filename: str) -> str:
    """``filename`` as seen from the working directory, where it lies below that."""
    try:
        return str(Path(filename).relative_to(Path.cwd()))
    except ValueError:
        return filename


def user_traceback(error: BaseException) -> str:
    """The traceback of ``error`` without the frames of libraries; whole where it has no others."""
    whole = traceback.TracebackException.from_exception(error)
    kept = user_frames(whole.stack)
    hidden = len(whole.stack) - len(kept)
    if not kept or not hidden:
        return "".join(whole.format()).rstrip()
    lines = ["Traceback (your code only; --debug shows all of it):\n", *traceback.format_list(kept)]
    return "".join([*lines, *whole.format_exception_only()]).rstrip()
