"""What the settings make of the sidecars' supervision."""

import pytest

from fluxlit.settings import FluxlitSettings
from fluxlit.wiring import sidecar_options


@pytest.mark.parametrize(("asked_for", "expected"), [(None, 0), ("0", 0), ("2", 2)])
def test_a_server_keeps_as_many_spares_as_it_is_asked_to_and_none_by_itself(
    monkeypatch: pytest.MonkeyPatch, asked_for: str | None, expected: int
) -> None:
    monkeypatch.delenv("FLUXLIT_SIDECAR_SPARES", raising=False)
    if asked_for is not None:
        monkeypatch.setenv("FLUXLIT_SIDECAR_SPARES", asked_for)
    assert sidecar_options(FluxlitSettings()).spares == expected
