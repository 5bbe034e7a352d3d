"""What of the settings reaches the server."""

from types import SimpleNamespace
from typing import Any

import pytest

from fluxlit_cli.serving.uvicorn_config import uvicorn_config


def application(**settings: Any) -> Any:
    defaults = {"trust_proxy": False, "forwarded_allow_ips": None}
    # Nothing about logging: uvicorn's configuration would change the loggers of all tests.
    return SimpleNamespace(
        settings=SimpleNamespace(**defaults, **settings), log_config=lambda: {"version": 1, "incremental": True}
    )


@pytest.mark.parametrize(("asked_for", "is_on"), [({}, False), ({"gateway_ws_compression": True}, True)])
def test_websockets_to_browsers_are_compressed_when_asked_for(asked_for: dict[str, bool], *, is_on: bool) -> None:
    assert uvicorn_config(application(**asked_for)).ws_per_message_deflate is is_on


@pytest.mark.parametrize(("limit", "most"), [(None, 1 << 62), (1000, 1000)])
def test_a_browsers_message_has_no_limit_but_the_settings(limit: int | None, most: int) -> None:
    assert uvicorn_config(application(gateway_ws_max_message_bytes=limit)).ws_max_size == most
