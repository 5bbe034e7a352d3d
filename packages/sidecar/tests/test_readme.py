from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

PATIENCE = 60.0
README = Path(__file__).parents[1] / "README.md"


async def test_the_example_prints_what_the_readme_says(tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    for name, code in re.findall(r"```python\n# (\w+\.py)\n(.*?)```", text, re.DOTALL):
        (tmp_path / name).write_text(code, encoding="utf-8")
    expected = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert expected is not None
    process = await asyncio.create_subprocess_exec(
        sys.executable, "supervise.py", cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert output.decode() == expected[1], errors.decode()
    assert process.returncode == 0
