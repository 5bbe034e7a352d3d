"""What is said when a page under test raises: the way through the application's own code to the exception."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import fluxlit_client
import fluxlit_pages
import fluxlit_testing

if TYPE_CHECKING:
    from types import TracebackType

    from streamlit.testing.v1 import AppTest

    from fluxlit_testing.pages.page_run import PageRun

__all__ = ("failure_of_run", "from_first_own_frame", "own_traceback")

_LIBRARIES = tuple(
    {
        *(str(Path(str(each.__file__)).parent) for each in (fluxlit_client, fluxlit_pages, fluxlit_testing)),
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    }
)


def failure_of_run(at: AppTest, run: PageRun) -> str:
    """What went wrong in a run; empty if nothing did."""
    if run.error is not None:
        run.error.__traceback__ = from_first_own_frame(run.error.__traceback__)
        return f"the page raised {type(run.error).__qualname__}: {run.error}\n\n{own_traceback(run.error)}"
    if run.started or not at.exception:
        return ""
    # The script never began: a widget's callback raised, and Streamlit has only the text of it.
    shown = at.exception[0]
    return f"a widget's callback raised {shown.proto.type}: {shown.value}\n\n" + "\n".join(shown.stack_trace)


def own_traceback(error: BaseException) -> str:
    """The traceback without the frames of libraries, as text; whole, where there are only such."""
    summary = traceback.TracebackException.from_exception(error)
    own = [frame for frame in summary.stack if not frame.filename.startswith(_LIBRARIES)]
    if own:
        summary.stack = traceback.StackSummary.from_list(own)
    return "".join(summary.format(chain=False))


def from_first_own_frame(found: TracebackType | None) -> TracebackType | None:
    """The traceback from its first frame outside libraries; whole, where there is none."""
    frame = found
    while frame is not None and frame.tb_frame.f_code.co_filename.startswith(_LIBRARIES):
        frame = frame.tb_next
    return frame or found
