from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2 as httpx

from fluxlit_gateway import GatewayOptions

if TYPE_CHECKING:
    import pytest

README = Path(__file__).parent.parent / "README.md"


async def test_the_example_of_the_readme_runs(servers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    (tmp_path / "page.html").write_text("<p>a page</p>", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    module: dict[str, Any] = {}
    exec(code, module)
    try:
        running = await servers(module["app"])
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(running.base + "/api/hello?name=you")).json() == {"hello": "you"}
            assert (await client.get(running.base + "/page.html")).text == "<p>a page</p>"
            assert "page.html" in (await client.get(running.base + "/")).text
    finally:
        module["ui"].shutdown()
        module["ui"].server_close()


def test_the_readme_names_every_option() -> None:
    text = README.read_text(encoding="utf-8")
    assert [name for name in GatewayOptions.model_fields if f"`{name}`" not in text] == []
