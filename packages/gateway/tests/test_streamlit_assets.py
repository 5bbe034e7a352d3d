from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2 as httpx

from fluxlit_gateway.assets.streamlit_install import find_streamlit
from fluxlit_gateway.security_headers import SecurityHeaders

if TYPE_CHECKING:
    from pathlib import Path


def a_script() -> tuple[str, bytes]:
    install = find_streamlit()
    assert install is not None
    file = min((install.static / "static" / "js").glob("*.js"), key=lambda path: path.stat().st_size)
    return f"/static/js/{file.name}", file.read_bytes()


async def test_streamlits_assets_are_served_here_compressed_even_while_no_ui_is_there(
    servers: Any, tmp_path: Path
) -> None:
    path, content = a_script()
    options = {
        "serve_streamlit_assets": True,
        "assets_cache_dir": tmp_path,
        "root_mount": "/m",
        "ui_security_headers": SecurityHeaders(),
    }
    # Without a lifespan nothing is compressed in the background, which would take a processor for a minute.
    gateway = await servers.gateway(None, options=options, lifespan="off")
    async with httpx.AsyncClient(trust_env=False) as browser:
        for base in (gateway.base, gateway.base + "/m"):
            response = await browser.get(base + path, headers={"accept-encoding": "br"})
            assert response.status_code == 200
            assert response.content == content
            assert "immutable" in response.headers["cache-control"]
            assert response.headers["x-content-type-options"] == "nosniff"
            assert len(response.headers.get_list("x-request-id")) == 1
            assert "set-cookie" not in response.headers
        again = await browser.get(gateway.base + path, headers={"if-none-match": response.headers["etag"]})
        assert again.status_code == 304
        assert (await browser.get(gateway.base + "/static/js/none.js")).status_code == 503


async def test_assets_are_left_to_the_upstream_unless_asked_for(servers: Any, report_app: Any) -> None:
    path, _ = a_script()
    gateway = await servers.gateway(await servers(report_app))
    async with httpx.AsyncClient(trust_env=False) as browser:
        assert (await browser.get(gateway.base + path)).json()["path"] == path


async def test_the_background_work_on_assets_ends_with_the_server(servers: Any, tmp_path: Path) -> None:
    options = {"serve_streamlit_assets": True, "assets_cache_dir": tmp_path}
    gateway = await servers.gateway(None, options=options)
    await servers.stop_one(gateway)
