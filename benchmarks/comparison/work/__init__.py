"""What is measured, a module for each kind of work. `everything` lists all of it in the order in which it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.comparison.work.api_requests import api_requests
from benchmarks.comparison.work.assets import assets
from benchmarks.comparison.work.crowds import crowds
from benchmarks.comparison.work.first_view import first_view
from benchmarks.comparison.work.own_programs import own_programs
from benchmarks.comparison.work.pages import pages
from benchmarks.comparison.work.proxied_get import proxied_get
from benchmarks.comparison.work.recovery import recovery
from benchmarks.comparison.work.soak import soak
from benchmarks.comparison.work.start import start
from benchmarks.comparison.work.transfers import transfers
from benchmarks.comparison.work.uploads import uploads
from benchmarks.comparison.work.websockets import websocket_echo

if TYPE_CHECKING:
    from benchmarks.comparison.effort import Effort
    from benchmarks.comparison.measured import Work


def everything(effort: Effort) -> list[Work]:
    """All works. Those that want a fresh server come first, those that kill one come last."""
    parts = (
        start,
        crowds,
        api_requests,
        proxied_get,
        assets,
        websocket_echo,
        pages,
        first_view,
        transfers,
        uploads,
        soak,
        recovery,
        own_programs,
    )
    return [work for part in parts for work in part(effort)]
