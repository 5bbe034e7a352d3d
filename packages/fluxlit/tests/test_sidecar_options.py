"""What the settings make of the sidecars' supervision."""

import pytest

from fluxlit.settings import FluxlitSettings
from fluxlit.wiring import DEVELOPMENT_VARIABLE, sidecar_options


@pytest.mark.parametrize(
    ("development", "asked_for", "expected"),
    [("", None, 1), ("1", None, 0), ("1", "2", 2), ("", "0", 0), ("1", "auto", 0)],
)
def test_a_production_server_keeps_one_spare_and_development_none_unless_asked_to(
    monkeypatch: pytest.MonkeyPatch, development: str, asked_for: str | None, expected: int
) -> None:
    monkeypatch.setenv(DEVELOPMENT_VARIABLE, development)
    monkeypatch.delenv("FLUXLIT_SIDECAR_SPARES", raising=False)
    if asked_for is not None:
        monkeypatch.setenv("FLUXLIT_SIDECAR_SPARES", asked_for)
    assert sidecar_options(FluxlitSettings()).spares == expected
