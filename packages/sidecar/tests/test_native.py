from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from fluxlit_sidecar import NativeStreamlit, SidecarOptionError, streamlit_child
from fluxlit_sidecar.child_spec import ChildSpec

PATIENCE = 90.0
PROGRAM = Path(__file__).parent / "programs" / "native.py"


@pytest.mark.parametrize("sidecars", [2, "auto"])
def test_more_than_one_sidecar_is_refused_with_an_explanation(sidecars: int) -> None:
    with pytest.raises(SidecarOptionError, match=r"sidecars=.*does not go with runtime='native'.*set sidecars=1"):
        NativeStreamlit(streamlit_child("page.py"), sidecars=sidecars)


def test_a_child_that_is_no_streamlit_is_refused() -> None:
    with pytest.raises(SidecarOptionError, match="no Streamlit child"):
        NativeStreamlit(ChildSpec(command=("true",)))


async def test_pages_run_inside_the_calling_process() -> None:
    # In a process of its own: Streamlit has one runtime for each process and no second one after it.
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 0, errors.decode()
    told = json.loads(output.splitlines()[-1])
    assert told["before"] == "call start() first"
    assert told["facts"]["setup"] == "yes"
    assert told["facts"]["options"]["runner.postScriptGC"] is False
    assert told["facts"]["options"]["server.fileWatcherType"] == "none"
    assert told["sessions"] == [0, 1, 0]
    assert told["facts"]["user"]["login"] == "ada"
    assert told["loggers kept"]
    assert told["OF"] is None
    assert b"Traceback" not in errors
