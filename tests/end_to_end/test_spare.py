"""`kill -9` of the only sidecar of a server that keeps one: the spare that waits serves its pages."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable

    import psutil

    from fluxlit_testing.running_server import RunningServer


def test_the_page_of_a_killed_sidecar_is_served_by_the_spare_that_was_there(
    start_server: Callable[..., RunningServer], children_of: Callable[[int], list[psutil.Process]]
) -> None:
    server = start_server(env={"FLUXLIT_SIDECAR_SPARES": "1"})
    server.output.wait_for("warming → spare", timeout=120)
    children = children_of(server.process.pid)
    # The first sidecar has learnt its name later than the environment that can be seen from here.
    (spare,) = (child for child in children if child.environ().get("FLUXLIT_SIDECAR_NAME", "").startswith("spare-"))
    (serving,) = (child for child in children if child.pid != spare.pid)

    os.kill(serving.pid, signal.SIGKILL)
    server.output.wait_for(r"spare-\w+: warming → ready", timeout=120)
    with StreamlitSession(server.ws_url) as tab:
        first = tab.run()
        assert "Dashboard" in first.texts
        assert "Refreshed" in tab.click(first.widget_id("Refresh")).texts
    assert any(found.pid == spare.pid for found in children_of(server.process.pid))
