"""Without a browser the message says what to install."""

from __future__ import annotations

import pytest

from fluxlit_testing.browser import find_chromium
from fluxlit_testing.errors import BrowserMissingError


def test_no_browser_on_the_path_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLUXLIT_TEST_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(BrowserMissingError, match="apt-get install chromium"):
        find_chromium()


def test_a_named_browser_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUXLIT_TEST_CHROMIUM", "/opt/browser")

    assert find_chromium() == "/opt/browser"
