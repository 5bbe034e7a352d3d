"""A file beside the application that has the name of a library."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from fluxlit_sidecar import PoolState, SidecarStartError, streamlit_child

if TYPE_CHECKING:
    from pathlib import Path

    from fluxlit_sidecar import SidecarPool

PATIENCE = 120.0


def has_a_reason(pool: SidecarPool) -> bool:
    return bool(pool.status().reason)


@pytest.mark.parametrize(
    ("file", "hook"),
    [("streamlit.py", ""), ("fluxlit/__init__.py", "fluxlit.app:prepare")],
    ids=["Streamlit itself", "what the application imports"],
)
async def test_a_file_that_hides_a_library_is_named_wherever_the_reason_is_shown(
    pools: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, file: str, hook: str
) -> None:
    (tmp_path / "page.py").touch()
    hiding = tmp_path / file
    hiding.parent.mkdir(exist_ok=True)
    hiding.write_text("answer = 42\n")
    spec = streamlit_child(tmp_path / "page.py", folder=tmp_path, setup=hook, warm_imports=())
    pool = pools(spec, start_timeout=PATIENCE)
    await pool.start()
    name = file.partition("/")[0]
    expected = f"{name!r} is imported in place of the library {name.removesuffix('.py')!r}: rename the file"
    with pytest.raises(SidecarStartError) as caught:
        await pool.wait_until_ready(PATIENCE)
    assert expected in str(caught.value)
    await pool.until(has_a_reason)
    assert expected in pool.status().reason
    assert expected in caplog.text
    assert pool.state is not PoolState.READY


async def test_a_file_that_hides_pandas_is_named_when_it_is_missed(
    pools: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    (tmp_path / "page.py").touch()
    (tmp_path / "pandas.py").write_text("answer = 42\n")
    pool = pools(streamlit_child(tmp_path / "page.py", folder=tmp_path), start_timeout=PATIENCE)
    await pool.start()
    await pool.wait_until_ready(PATIENCE)
    assert "'pandas.py' is imported in place of the library 'pandas': rename the file" in caplog.text


async def test_an_error_of_the_application_s_own_names_no_file(pools: Any, tmp_path: Path) -> None:
    (tmp_path / "page.py").touch()
    (tmp_path / "shop.py").write_text("import no_such_module\n")
    spec = streamlit_child(tmp_path / "page.py", folder=tmp_path, setup="shop:prepare", warm_imports=())
    pool = pools(spec, start_timeout=PATIENCE)
    await pool.start()
    with pytest.raises(SidecarStartError, match="No module named 'no_such_module'") as caught:
        await pool.wait_until_ready(PATIENCE)
    assert "rename" not in str(caught.value)
