"""The observing half of a sidecar: log lines with the request's id, runs of pages measured and traced.

Lifecycle: `observe_sidecar` is called once, in the sidecar, before it takes traffic.
"""

from __future__ import annotations

import atexit
import logging
import os
from typing import TYPE_CHECKING

from fluxlit.observability.child_plan import ChildPlan
from fluxlit.observability.page_runs import PageRuns
from fluxlit.observability.sidecar_logs import log_with_fields
from fluxlit.observability.sidecar_structlog import StructlogOnceImported

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ("observe_sidecar",)

_NAME_OF_SIDECAR = "FLUXLIT_SIDECAR_NAME"


def observe_sidecar() -> None:
    """Set up what the gateway's process has asked for; in that process itself (`runtime = "native"`) only page runs."""
    from fluxlit_sidecar.streamlit_server.script_runs import observe_script_runs  # noqa: PLC0415 - imports Streamlit

    plan = ChildPlan.from_env()
    is_child = _NAME_OF_SIDECAR in os.environ
    runs = PageRuns(plan)
    structlog = StructlogOnceImported(runs.observe)
    observe_script_runs(structlog.observe if is_child else runs.observe)
    if plan.tracing:
        _trace(plan, is_child=is_child)
    if is_child:
        log_with_fields(runs)
        structlog.look()
        logging.getLogger().setLevel(plan.log_level)
        if plan.metrics_folder is not None:
            _share_metrics(plan)


def _trace(plan: ChildPlan, *, is_child: bool) -> None:
    from fluxlit.observability.tracing.calls import call_span  # noqa: PLC0415 - the extra may be missing
    from fluxlit.observability.tracing.provider import start_tracing, stop_tracing  # noqa: PLC0415 - as above
    from fluxlit.observability.tracing.server_spans import ServerSpans  # noqa: PLC0415 - as above
    from fluxlit_client.observation import observe_calls  # noqa: PLC0415 - as above
    from fluxlit_sidecar.streamlit_server.request_layers import add_request_layer  # noqa: PLC0415 - as above

    observe_calls(call_span)
    if not is_child:
        return
    start_tracing(plan.service)
    atexit.register(stop_tracing)

    def layer(app: ASGIApp) -> ASGIApp:
        return ServerSpans(app, name="fluxlit.sidecar.request", baggage=plan.baggage)

    add_request_layer(layer)


def _share_metrics(plan: ChildPlan) -> None:
    from fluxlit_gateway.metrics import process_store  # noqa: PLC0415 - only when metrics are on
    from fluxlit_gateway.metrics.shared_files import MetricFolder  # noqa: PLC0415 - as above

    if plan.metrics_folder is not None:
        folder = MetricFolder(plan.metrics_folder, process_store())
        folder.start()
        atexit.register(folder.stop)
