"""Whether an application has sessions at all: without a page that asks for one, browsers get no cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fluxlit_pages.di.planning import plan_call
from fluxlit_pages.di.session_state import SessionStateSource
from fluxlit_pages.di.sources import DependencySource, ProvidedSource

if TYPE_CHECKING:
    from fluxlit_pages.di.sources import CallPlan
    from fluxlit_pages.page_app import PageApp

__all__ = ("uses_sessions",)


def uses_sessions(app: PageApp) -> bool:
    """Whether a page, or something that it depends on, takes a `Session` or a `SessionState`, or keeps widgets."""
    return any(record.keep or _asks(plan_call(record.fn, app)) for record in app.page_registry.records)


def _asks(plan: CallPlan) -> bool:
    for slot in plan.slots:
        source = slot.source
        if isinstance(source, SessionStateSource) or (isinstance(source, ProvidedSource) and source.is_session):
            return True
        if isinstance(source, DependencySource) and _asks(source.plan):
            return True
    return False
