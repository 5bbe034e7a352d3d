"""Small parts of a run that are done at less cost give what Streamlit's own give."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import OrderedDict, UserDict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from streamlit import dataframe_util

from fluxlit_sidecar.streamlit_server.run_costs.fragment_pools import LazyPool

_EXCHANGED = """
import sys
import streamlit
from streamlit import dataframe_util
from streamlit.navigation.page import StreamlitPage
pages = [StreamlitPage.__new__(StreamlitPage) for _ in range(4)]
for page, page._url_path in zip(pages, ("one", "zwei", "três", "one")):
    pass
theirs = [page._script_hash for page in pages]
from fluxlit_sidecar.streamlit_server.run_costs import lower_run_costs
lower_run_costs()
assert [page._script_hash for page in pages] == theirs == [page._script_hash for page in pages]
assert sys.modules["streamlit.navigation.page"].calc_hash.cache_info().misses == 3
ours = dataframe_util.is_unevaluated_data_object
assert ours is not ours.__wrapped__
class Cursor(dict):
    description = None
    def __call__(self): ...
    def close(self): ...
    def fetchmany(self, size=None): ...
    def fetchall(self): ...
    def __iter__(self): ...
def generator():
    yield
for value in ({}, {"a": [1]}, [], [[1]], (), ((1,),), "text", None, 1, Cursor(), generator, generator()):
    assert ours(value) is ours.__wrapped__(value), value
assert ours(generator)
"""


def test_hashes_of_pages_and_answers_about_data_are_streamlits() -> None:
    done = subprocess.run([sys.executable, "-c", _EXCHANGED], check=False, timeout=120, capture_output=True, text=True)
    assert not done.returncode, done.stderr


@pytest.mark.parametrize("value", [{}, [], (), OrderedDict[str, int](), UserDict[str, int]()])
def test_streamlit_itself_has_nothing_to_fetch_for_what_is_not_examined(value: Any) -> None:
    assert not dataframe_util.is_unevaluated_data_object(value)


def test_a_pool_runs_all_tasks_in_its_few_threads_which_end_with_it() -> None:
    pool = LazyPool(max_workers=2)
    assert sum(future.result(60) for future in [pool.submit(pow, base, 2) for base in range(9)]) == 204
    assert pool.submit(int, "11", base=2).result(60) == 3
    threads = {future.result(60) for future in [pool.submit(threading.current_thread) for _ in range(9)]}
    assert threading.current_thread() not in threads
    assert len(threads) <= 2
    pool.shutdown(wait=True, cancel_futures=True)
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, LazyPool])
@pytest.mark.parametrize("is_used", [True, False])
def test_a_pool_that_is_shut_down_takes_no_more_as_pythons_own(
    kind: type[ThreadPoolExecutor], *, is_used: bool
) -> None:
    pool = kind()
    if is_used:
        assert pool.submit(int).result(60) == 0
    pool.shutdown(wait=False)
    with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
        pool.submit(int)


def test_whatever_else_is_asked_of_a_pool_is_asked_of_pythons_own() -> None:
    pool: Any = LazyPool(max_workers=3)
    assert pool._max_workers == 3
    assert pool._thread_name_prefix
    pool.shutdown()
