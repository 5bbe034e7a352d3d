"""Runs pyright, strictly, over calls that must pass and calls that must not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ACCEPTED = Path(__file__).parent / "typing" / "endpoint_calls.py"

REFUSED = """\
from fluxlit_client import ApiClient, AsyncApiClient

def list_users(team_id: int, *, active: bool = True) -> list[str]: ...
async def get_user(user_id: int) -> str: ...

def blocking(client: ApiClient) -> None:
    client.call(list_users)  # missing
    client.call(list_users, team_id="three")  # wrong type
    client.call(list_users, team=3)  # unknown
    client.call(list_users, 3, False)  # by name only
    wrong: list[int] = client.call(list_users, 3)  # wrong result
    print(wrong)
    client.call(get_user, 1).bit_length()  # an awaited str, not a coroutine
    client.get("/users", jsn={})  # unknown option
    client.get("/users", json={})  # a GET has no body

async def asynchronous(client: AsyncApiClient) -> None:
    await client.call(get_user)  # missing
    print(client.call(get_user, 1).upper())  # not awaited
"""


def test_pyright_knows_the_types_of_calls_by_endpoint(tmp_path: Path) -> None:
    refused = tmp_path / "refused.py"
    refused.write_text(REFUSED, encoding="utf-8")
    accepted = tmp_path / "accepted.py"
    accepted.write_text(ACCEPTED.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    diagnostics: list[dict[str, Any]] = json.loads(done.stdout)["generalDiagnostics"]
    lines: dict[str, set[int]] = {"accepted.py": set(), "refused.py": set()}
    for diagnostic in diagnostics:
        lines[Path(diagnostic["file"]).name].add(diagnostic["range"]["start"]["line"])
    assert [diagnostic for diagnostic in diagnostics if diagnostic["file"].endswith("accepted.py")] == []
    assert lines["refused.py"] == {number for number, line in enumerate(REFUSED.splitlines()) if "  # " in line}
