"""`PageTest`: Streamlit's `AppTest` on a page of an application object, wherever that object was made.

Lifecycle: `open` makes a visit (a browser session) on one page; each further `run` is a rerun of that session, on the
page that it has come to. The session's state is gone with the object.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any, ClassVar, Self

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from fluxlit_pages.page_record import page_slug
from fluxlit_testing.errors import PageFailedError, UnknownPageError
from fluxlit_testing.pages.failures import failure_of_run
from fluxlit_testing.pages.page_run import PageRun, running

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from fluxlit_pages.page_record import PageRecord
    from fluxlit_testing.application import AppUnderTest
    from fluxlit_testing.pages.visit import Visit

__all__ = ("PAGE_SECONDS", "PageTest")

PAGE_SECONDS = 30.0
"""How long a run of a page may take."""


class PageTest(AppTest):
    """A page under test: everything that `AppTest` offers, and the page's way to its API.

    A run in which the page raises fails with `PageFailedError`, whose cause is the page's own exception.
    """

    __test__ = False

    # AppTest looks through all installed distributions for components, in each new test: a third of a second here.
    # What it found is kept for the next one.
    _components: ClassVar[Any] = None

    def __init__(
        self,
        app: AppUnderTest,
        visit: Visit,
        *,
        session: Mapping[str, Any] | None = None,
        raise_errors: bool = True,
    ) -> None:
        """Prepare a visit; nothing is run yet.

        Args:
            app: The application.
            visit: Who comes, with what, and how the page reaches its API.
            session: What `st.session_state` holds before the first run.
            raise_errors: Whether a run fails when the page raises; otherwise `exception` has what the visitor sees.
        """
        with _outside_of_a_run():
            super().__init__(visit.script, default_timeout=PAGE_SECONDS)
            for key, value in (session or {}).items():
                self.session_state[key] = value
        if self._components is not None:
            self._bidi_component_manager = self._components
        self.app = app
        self.raise_errors = raise_errors
        self.page_error: Exception | None = None
        """What the page raised in its last run."""
        self._visit = visit
        if visit.user_info is not None:
            self.user: dict[str, Any] = dict(visit.user_info)

    @property
    def page(self) -> PageRecord | None:
        """The page that the last run ended on; `None` before the first."""
        if not self._page_hash:
            return None
        menu = self.app.page_registry.menu
        by_hash = {calc_hash(_url_path(record, menu.default)): record for record in menu.records}
        return by_hash.get(self._page_hash, menu.default)

    def open(self, path: str, *, query: Mapping[str, str | list[str]] | None = None) -> Self:
        """Go to another page in the same session, as a click in the menu (or a link with a query) does, and run it.

        Args:
            path: The page's registered path, such as `/reports`.
            query: Its query parameters; those of the page before are gone.

        Raises:
            UnknownPageError: There is no such page.
            PageFailedError: It raised.
        """
        menu = self.app.page_registry.menu
        record = next((each for each in menu.records if each.path == path or each.slug == page_slug(path)), None)
        if record is None:
            known = ", ".join(repr(each.path) for each in menu.records) or "none"
            raise UnknownPageError(f"there is no page {path!r}; the application's pages: {known}")
        self._page_hash = calc_hash(_url_path(record, menu.default))
        self.query_params = dict(query or {})
        return self.run()

    def run(self, *, timeout: float | None = None) -> Self:
        """Run the page again, as `AppTest.run`; at most `timeout` seconds, by default 30."""
        super().run(timeout=timeout)
        return self

    def _run(self, *arguments: Any, **options: Any) -> Self:
        # AppTest's one door to a run, for `run` and for every widget's `run`.
        run = PageRun(
            self.app, headers=self._visit.headers, cookies=self._visit.cookies, user_info=self._visit.user_info
        )
        with running(run, self._visit.environment), self._visit.reaching_api(self.app):
            super()._run(*arguments, **options)
        PageTest._components = getattr(self, "_bidi_component_manager", None)
        # AppTest of Streamlit 1.57 gives lists of one, and forgets where st.switch_page has led.
        self.query_params = {name: _single(value) for name, value in self.query_params.items()}
        self._page_hash = run.page_hash or self._page_hash
        self.page_error = run.error
        problem = failure_of_run(self, run)
        if problem and self.raise_errors:
            raise PageFailedError(problem) from run.error
        return self


@contextlib.contextmanager
def _outside_of_a_run() -> Generator[None]:
    """Keep Streamlit from warning, in each test's log, that a session's state is filled before there is a run."""
    logger = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    logger.addFilter(_nothing)
    try:
        yield
    finally:
        logger.removeFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False


def _single(value: str | list[str]) -> str | list[str]:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _url_path(record: PageRecord, default: PageRecord | None) -> str:
    # As in the application's menu: the default page is served at the root.
    return "" if record is default else record.slug
