"""Streamlit's search for components in installed packages."""

from __future__ import annotations

import importlib.metadata
import logging
from typing import TYPE_CHECKING

import pytest
from streamlit.components.v2 import manifest_scanner

from fluxlit_sidecar.streamlit_server.component_scan import search_components_quickly
from fluxlit_sidecar.streamlit_server.rehearsal import rehearse

if TYPE_CHECKING:
    from pathlib import Path

FILTER = "_is_likely_streamlit_component_package"
ORIGINAL = getattr(manifest_scanner, FILTER)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Packages whose metadata Streamlit itself has looked at, with the quick search in place."""
    asked: list[str] = []

    def original(dist: importlib.metadata.Distribution) -> bool:
        asked.append(dist.name)
        return bool(ORIGINAL(dist))

    monkeypatch.setattr(manifest_scanner, FILTER, original)
    assert search_components_quickly()
    return asked


def test_the_quick_search_answers_for_every_installed_package_as_streamlit_does(parsed: list[str]) -> None:
    quick = getattr(manifest_scanner, FILTER)
    installed = list(importlib.metadata.distributions())
    assert [quick(dist) for dist in installed] == [bool(ORIGINAL(dist)) for dist in installed]
    assert 0 < len(parsed) < len(installed)


@pytest.mark.parametrize(
    ("metadata", "likely"),
    [
        ("Name: shop\nSummary: Sells things", False),
        ("Name: my-StreamLit-grid\nSummary: A grid", True),
        ("Name: grid\nSummary: A grid for Streamlit", True),
        ("Name: grid\nRequires-Dist: streamlit>=1.50", True),
    ],
)
def test_a_package_that_names_streamlit_anywhere_is_still_asked(
    parsed: list[str], tmp_path: Path, metadata: str, *, likely: bool
) -> None:
    folder = tmp_path / "grid-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nVersion: 1\n{metadata}\n")
    dist = importlib.metadata.Distribution.at(folder)
    assert getattr(manifest_scanner, FILTER)(dist) is likely
    assert bool(parsed) is likely


def test_a_second_call_changes_nothing(parsed: list[str]) -> None:
    before = getattr(manifest_scanner, FILTER)
    assert search_components_quickly()
    assert getattr(manifest_scanner, FILTER) is before
    assert parsed == []


def test_the_rehearsal_searches_no_packages(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    searched: list[bool] = []

    def search() -> list[object]:
        searched.append(True)
        return []

    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", search)
    with caplog.at_level(logging.WARNING):
        rehearse()
    assert not searched
    assert "rehearsal" not in caplog.text
