"""`examples/typed_pages`: dependencies, typed query, typed session, manifest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fluxlit_testing.streamlit_session import StreamlitSession

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from fluxlit_testing.running_server import RunningServer


def test_each_page_gets_what_it_names(start_server: Callable[..., RunningServer], examples: Path) -> None:
    server = start_server(cwd=examples / "typed_pages")

    with StreamlitSession(server.ws_url) as tab:
        assert any(text.startswith("Hello, it is") for text in tab.run().texts)
    with StreamlitSession(server.ws_url) as tab:
        assert "Reports 2026" in tab.run(page="reports", query="year=2026").texts
    with StreamlitSession(server.ws_url) as tab:
        counted = tab.run(page="basket")
        assert "0 items" in counted.texts
        assert "1 items" in tab.click(counted.widget_id("Add one")).texts


def test_a_wrong_query_is_shown_and_the_page_goes_on(
    start_server: Callable[..., RunningServer], examples: Path
) -> None:
    server = start_server(cwd=examples / "typed_pages")

    with StreamlitSession(server.ws_url) as tab:
        shown = tab.run(page="reports", query="year=soon").texts

    assert "Reports 2025" in shown
    assert any("year" in text and "Reports" not in text for text in shown)


def test_the_manifest_lists_the_pages(fluxlit: Callable[..., subprocess.CompletedProcess[str]], examples: Path) -> None:
    manifest = json.loads(fluxlit("pages", "manifest", cwd=examples / "typed_pages").stdout)
    validated = fluxlit("pages", "validate", cwd=examples / "typed_pages")

    assert [page["path"] for page in manifest["pages"]] == ["/", "/reports", "/basket"]
    assert validated.returncode == 0, validated.stdout + validated.stderr
