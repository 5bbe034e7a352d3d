from __future__ import annotations

import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest

from fluxlit_gateway.routing.request_id import RequestIds

# In a process of its own: one with threads must not fork.
FORKS = """
import os
from fluxlit_gateway.routing.request_id import REQUEST_IDS
if child := os.fork():
    os.waitpid(child, 0)
print(next(REQUEST_IDS.texts), flush=True)
"""


def test_ids_are_uuids_in_form_and_threads_share_a_series() -> None:
    ids = RequestIds()

    def take(number: int) -> list[str]:
        return list(islice(ids.texts, number))

    with ThreadPoolExecutor(8) as pool:
        taken = [text for part in pool.map(take, [2_000] * 8) for text in part]
    assert len(set(taken)) == len(taken) == 16_000
    assert all(uuid.UUID(text).version == 4 and str(uuid.UUID(text)) == text for text in taken[:10])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_makes_other_ids() -> None:
    said = subprocess.run([sys.executable, "-c", FORKS], check=True, capture_output=True, text=True, timeout=60)
    first, second = said.stdout.split()
    assert first[:23] != second[:23]
