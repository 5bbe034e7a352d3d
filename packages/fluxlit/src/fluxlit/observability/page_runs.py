"""Each run of a page: under the id of the request that opened its socket, measured, and a span of its own."""

from __future__ import annotations

import contextlib
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from fluxlit_client.correlation import REQUEST_ID_HEADER, request_id_ctx
from fluxlit_pages.current_page import RunOfPage, run_of_page

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from fluxlit.observability.child_plan import ChildPlan
    from fluxlit_sidecar.streamlit_server.script_runs import ScriptRun

__all__ = ("PageRuns",)

# Sessions whose last page is remembered, for fragments: those do not pass through the page that made them.
_REMEMBERED = 4_096


class PageRuns:
    """Observes runs; one for the process.

    Args:
        plan: What to do with them.
    """

    def __init__(self, plan: ChildPlan) -> None:
        self._plan = plan
        self._pages: OrderedDict[str, str] = OrderedDict()
        self._request_ids: OrderedDict[str, str] = OrderedDict()
        self._store: Any = None
        if plan.metrics_folder is not None:
            from fluxlit_gateway.metrics import process_store  # noqa: PLC0415 - only when metrics are on

            self._store = process_store()

    @contextlib.contextmanager
    def observe(self, run: ScriptRun) -> Generator[None]:
        """Surround one run."""
        headers = _request_headers()
        request_id = headers.get(REQUEST_ID_HEADER)
        if request_id:
            _remember(self._request_ids, run.session_id, request_id)
        page = RunOfPage()
        tokens = request_id_ctx.set(request_id), run_of_page.set(page)
        started = time.perf_counter()
        try:
            with self._span(run, headers, page=page):
                yield
        finally:
            run_of_page.reset(tokens[1])
            request_id_ctx.reset(tokens[0])
            self._count(run, page, seconds=time.perf_counter() - started)

    def request_id_of(self, session_id: str) -> str | None:
        """The id of the request that opened the session's socket, for threads that page code has started."""
        return self._request_ids.get(session_id)

    def _count(self, run: ScriptRun, page: RunOfPage, *, seconds: float) -> None:
        name = self._page_of(run, page)
        if self._store is not None:
            self._store.observe("fluxlit_page_run_duration_seconds", (name,), seconds)
            outcome = "error" if page.failed else "ok"
            self._store.add("fluxlit_page_runs_total", (name, run.trigger, outcome))

    def _page_of(self, run: ScriptRun, page: RunOfPage) -> str:
        if page.path:
            _remember(self._pages, run.session_id, page.path)
        return page.path or self._pages.get(run.session_id, "")

    @contextlib.contextmanager
    def _span(self, run: ScriptRun, headers: Mapping[str, str], *, page: RunOfPage) -> Generator[None]:
        if not self._plan.tracing:
            yield
            return
        from opentelemetry import context  # noqa: PLC0415 - the extra may be missing
        from opentelemetry.trace import StatusCode  # noqa: PLC0415 - as above

        from fluxlit.observability.tracing.carriers import context_of  # noqa: PLC0415 - as above
        from fluxlit.observability.tracing.provider import tracer  # noqa: PLC0415 - as above

        pairs = [
            (name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()
        ]
        # As the whole context, not only as the parent of a span: baggage goes on to the calls of this run.
        token = context.attach(context_of(pairs, baggage=self._plan.baggage))
        attributes = {
            "fluxlit.session_id": run.session_id,
            "fluxlit.trigger": run.trigger,
            "fluxlit.request_id": request_id_ctx.get() or "",
        }
        try:
            with tracer().start_as_current_span("fluxlit.page.run", attributes=attributes) as span:
                yield
                name = self._page_of(run, page)
                span.set_attribute("fluxlit.page", name)
                if page.failed:
                    span.set_status(StatusCode.ERROR)
        finally:
            context.detach(token)


def _remember(known: OrderedDict[str, str], session_id: str, value: str) -> None:
    known[session_id] = value
    known.move_to_end(session_id)
    if len(known) > _REMEMBERED:
        known.popitem(last=False)


def _request_headers() -> Mapping[str, str]:
    import streamlit as st  # noqa: PLC0415 - only where pages run

    try:
        return {name.lower(): value for name, value in st.context.headers.items()}
    except Exception:  # noqa: BLE001 - a harness without a browser; a run must not fail for want of an id
        return {}
