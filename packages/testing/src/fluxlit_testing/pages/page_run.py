"""One run of a page under test: what the script that `AppTest` executes does, and what it tells the test.

Lifecycle: a `PageRun` is current from before the run to after it. Only one can be, because Streamlit's `AppTest` puts
its own runtime in the place of the process's; a second thread waits for the first one's run to end.
"""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unittest.mock import Mock

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fluxlit_pages.streamlit.entry_run import run_app

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from fluxlit_pages.page_app import PageApp
    from fluxlit_pages.page_failure import PageFailure

__all__ = ("PageRun", "current_page_run", "running")


@dataclass
class PageRun:
    """What a run needs, and what came of it."""

    app: PageApp
    headers: Sequence[tuple[str, str]] = ()
    """Of the browser's request, as `st.context.headers` shows them."""
    cookies: Mapping[str, str] = field(default_factory=dict[str, str])
    user_info: Mapping[str, str] | None = None
    """What `st.user` shows; `None` to leave it to Streamlit."""
    started: bool = field(default=False, init=False)
    """Whether the script began: an exception in a widget's callback comes before it."""
    error: Exception | None = field(default=None, init=False)
    """What the page raised."""
    page_hash: str = field(default="", init=False)
    """Streamlit's name for the page that the run ended on."""

    def execute(self) -> None:
        """Run the application as its entry script does, on the script's thread."""
        self.started = True
        self._show_request()
        hooks = self.app.page_registry.error_hooks
        hooks.insert(0, self._notice)
        try:
            run_app(self.app)
        except Exception as error:
            self.error = error
            raise
        finally:
            hooks.remove(self._notice)
            context = get_script_run_ctx()
            if context is not None:
                self.page_hash = context.pages_manager.current_page_script_hash

    def _notice(self, failure: PageFailure) -> None:
        # Also of a failure that the application's own hook tells the visitor, which ends the run well.
        self.error = failure.error

    def _show_request(self) -> None:
        # AppTest's runtime is a mock, and its session client has no request to show.
        client = runtime.get_instance().get_client("")
        if isinstance(client, Mock):
            client.client_context.headers = list(self.headers)
            client.client_context.cookies = dict(self.cookies)
        context = get_script_run_ctx()
        if context is not None and self.user_info is not None:
            context.user_info.clear()
            context.user_info.update(self.user_info)


_turn = threading.RLock()
_current: list[PageRun] = []


def current_page_run() -> PageRun:
    """The run that the script belongs to.

    Raises:
        LookupError: There is none.
    """
    if not _current:
        raise LookupError("no page is being tested: this script is run by FluxLitTestClient.page(...)")
    return _current[-1]


@contextlib.contextmanager
def running(run: PageRun, environment: Mapping[str, str]) -> Generator[None]:
    """Make `run` the current one, in an environment with further variables; afterwards all is as before."""
    with _turn:
        before = {name: os.environ.get(name) for name in environment}
        os.environ.update(environment)
        _current.append(run)
        try:
            yield
        finally:
            _current.pop()
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
