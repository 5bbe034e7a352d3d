"""What a failure report shows of the server under test."""

from __future__ import annotations

import pytest

__all__ = ("FAILED", "SHOWN_LINES", "add_server_output")

SHOWN_LINES = 40
"""How many of the server's last lines a failure shows."""

FAILED = pytest.StashKey[bool]()
"""Set on a test that has failed, for the fixtures that end after it."""


def add_server_output(item: pytest.Item, report: pytest.TestReport) -> None:
    """Show the last lines of `fluxlit_server` in the report of a test that used it."""
    server = getattr(item, "funcargs", {}).get("fluxlit_server")
    if server is None:
        return
    lines = server.output.text.splitlines()[-SHOWN_LINES:]
    report.sections.append((f"fluxlit_server, last {len(lines)} lines", "\n".join(lines)))
