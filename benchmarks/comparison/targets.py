"""The targets that the issues of gateway, sidecars, pages, client, testing, logs and sessions name.

`check` holds the table against them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from benchmarks.comparison.summary import ratio_between
from benchmarks.comparison.work.own_programs import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.comparison.summary import Summary

Verdict = Literal["met", "missed", "not measured"]
ONE = "fluxlit-1"
_STREAMLIT = "streamlit-run"


@dataclass(frozen=True, kw_only=True)
class Target:
    """A bound on a figure, or on its ratio to another contestant's.

    Attributes:
        area: What it is about: gateway, sidecar, …
        title: What is promised.
        figure: ``work/key``.
        contestant: Whose figure.
        at_least: The bound from below; or
        at_most: the bound from above.
        to: The contestant that it is a ratio to; empty when the value itself is bound.
        unit: Of the bound, when it is no ratio.
    """

    area: str
    title: str
    figure: str
    contestant: str = ONE
    at_least: float | None = None
    at_most: float | None = None
    to: str = ""
    unit: str = ""

    def measured(self, table: Mapping[str, Mapping[str, Summary]]) -> float | None:
        """The value to hold against the bound, or None."""
        if self.to:
            return ratio_between(table, self.figure, contestant=self.contestant, base=self.to)
        summary = table.get(self.figure, {}).get(self.contestant)
        return summary.median if summary else None

    def verdict(self, table: Mapping[str, Mapping[str, Summary]]) -> Verdict:
        """Whether it is met."""
        value = self.measured(table)
        if value is None:
            return "not measured"
        met = value >= self.at_least if self.at_least is not None else value <= (self.at_most or 0.0)
        return "met" if met else "missed"

    @property
    def bound(self) -> str:
        """The bound as it is written: ``≥ 0.95``."""
        sign, value = ("≥", self.at_least) if self.at_least is not None else ("≤", self.at_most)
        return f"{sign} {value:g} {self.unit}".strip()


TARGETS = (
    Target(
        area="gateway",
        title="API to FastAPI alone, 16 connections",
        figure="api-async-16/rate",
        to="fastapi",
        at_least=0.95,
    ),
    Target(
        area="gateway",
        title="Small proxied GET to Streamlit asked directly",
        figure="proxied-get/rate",
        to=_STREAMLIT,
        at_least=0.5,
    ),
    Target(
        area="gateway",
        title="Small proxied GET to fluxlit 0.13.2",
        figure="proxied-get/rate",
        to="fluxlit-0.13.2",
        at_least=10,
    ),
    Target(
        area="gateway",
        title="WebSocket echo to the direct one",
        figure="gateway-websocket/echo",
        contestant=CHECKOUT,
        at_most=2.0,
    ),
    Target(area="gateway", title="Assets to Streamlit's own", figure="asset/rate", to=_STREAMLIT, at_least=3),
    Target(area="gateway", title="First view over the wire", figure="first-view/all_bytes", at_most=0.9, unit="MB"),
    Target(
        area="gateway",
        title="Memory rises during a large download by",
        figure="gateway-memory/download",
        contestant=CHECKOUT,
        at_most=32,
        unit="MiB",
    ),
    Target(
        area="gateway",
        title="Memory rises during a large upload by",
        figure="gateway-memory/upload",
        contestant=CHECKOUT,
        at_most=32,
        unit="MiB",
    ),
    Target(area="sidecar", title="Rerun latency", figure="page-simple/rerun", to=_STREAMLIT, at_most=0.08),
    Target(area="sidecar", title="First visitor", figure="start/first_visitor", to=_STREAMLIT, at_most=0.05),
    Target(
        area="sidecar",
        title="Reruns per second with 20 sessions, one sidecar",
        figure="crowd-simple-20/rate",
        to=_STREAMLIT,
        at_least=15,
    ),
    Target(
        area="sidecar",
        title="Memory after 2,000 reruns to that after 200",
        figure="sidecar-soak/growth",
        contestant=CHECKOUT,
        at_most=1.2,
    ),
    Target(
        area="sidecar",
        title="Page is back after SIGKILL of the quick start's sidecar",
        figure="sidecar-recovery/page",
        contestant=CHECKOUT,
        at_most=3,
        unit="s",
    ),
    Target(
        area="sidecar",
        title="40 uploads at once with 4 sidecars",
        figure="uploads/succeeded",
        contestant="fluxlit-4",
        at_least=40,
        unit="uploads",
    ),
    Target(
        area="pages",
        title="Empty page as a function to the plain script",
        figure="pages/empty",
        contestant=CHECKOUT,
        at_most=1.15,
    ),
    Target(area="client", title="Building a client", figure="client/build", contestant=CHECKOUT, at_most=50, unit="µs"),
    Target(area="client", title="GET from a page", figure="pages/get", contestant=CHECKOUT, at_most=2.5, unit="ms"),
    Target(
        area="testing",
        title="A page in a test renders in",
        figure="testing/render",
        contestant=CHECKOUT,
        at_most=120,
        unit="ms",
    ),
    Target(
        area="testing",
        title="The plugin makes an empty run longer by",
        figure="testing/plugin",
        contestant=CHECKOUT,
        at_most=30,
        unit="ms",
    ),
    Target(
        area="observability",
        title="API with access log and metrics to that without",
        figure="api-async-16/rate",
        contestant="fluxlit-1-observed",
        to=ONE,
        at_least=0.92,
    ),
    Target(
        area="sessions",
        title="A page run with SQLite, session changed, is longer by",
        figure="sessions/changed",
        contestant=CHECKOUT,
        at_most=3,
        unit="ms",
    ),
    Target(
        area="sessions",
        title="A page run with SQLite, session's model changed, is longer by",
        figure="sessions/model",
        contestant=CHECKOUT,
        at_most=3,
        unit="ms",
    ),
)
