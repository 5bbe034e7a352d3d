"""`examples/bring_your_own`: code that knows nothing of FluxLit, served by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer


def test_api_and_script_are_served_as_they_are(start_server: Callable[..., RunningServer], examples: Path) -> None:
    server = start_server(cwd=examples / "bring_your_own")

    orders = httpx2.get(f"{server.base_url}/api/orders", trust_env=False).json()
    with StreamlitSession(server.ws_url) as tab:
        shown = tab.run().texts

    assert [order["item"] for order in orders] == ["Tea", "Cake"]
    assert "Sales" in shown
    assert "Served beside the API that was there before" in shown
