from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

from fluxlit_sessions import open_store

_LIMIT_SECONDS = 120.0

StartWorker = Callable[..., subprocess.Popen[str]]


def released(workers: list[subprocess.Popen[str]]) -> list[list[str]]:
    """Let all begin at once; what each has printed when it has ended."""
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    printed = [worker.communicate(timeout=_LIMIT_SECONDS)[0].split() for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * len(workers)
    return printed


def test_no_increment_is_lost_between_processes(shared_url: str, start_worker: StartWorker) -> None:
    released([start_worker(shared_url, "increment", "40") for _ in range(4)])
    store = open_store(shared_url)
    assert store.get("counter") == {"count": 160}
    store.close()


def test_a_one_time_code_is_taken_by_one_process(shared_url: str, start_worker: StartWorker) -> None:
    store = open_store(shared_url)
    for number in range(60):
        store.set(f"code-{number}", {"user": "ann"})
    printed = released([start_worker(shared_url, "take", "60") for _ in range(3)])
    assert sorted(int(number) for numbers in printed for number in numbers) == list(range(60))
    assert list(store.iterate("code-")) == []
    store.close()


def test_processes_that_open_a_new_store_at_the_same_time_all_write(shared_url: str, start_worker: StartWorker) -> None:
    released([start_worker(shared_url, "write_own", f"w{number}", "20") for number in range(4)])
    store = open_store(shared_url)
    assert len(list(store.iterate("w"))) == 80
    store.close()


def test_kill_9_of_a_writer_loses_nothing_that_was_acknowledged(shared_url: str, start_worker: StartWorker) -> None:
    # 20 kB a write, so that a kill falls into the middle of one.
    for acknowledged_before_the_kill in (1, 5, 17):
        worker = start_worker(shared_url, "write_for_ever", "20000")
        assert worker.stdout is not None
        assert worker.stdin is not None
        assert worker.stdout.readline() == "ready\n"
        worker.stdin.write("go\n")
        worker.stdin.flush()
        numbers = [int(worker.stdout.readline()) for _ in range(acknowledged_before_the_kill)]
        worker.send_signal(signal.SIGKILL)
        # The last line may have been cut by the kill.
        numbers += [int(line) for line in worker.stdout if line.endswith("\n")]
        worker.wait(timeout=_LIMIT_SECONDS)
        store = open_store(shared_url)
        data = store.get("growing")
        assert data is not None
        assert numbers[-1] <= data["number"] <= numbers[-1] + 1
        assert data["again"] == data["number"]
        store.set("after", {"the": "crash"})
        store.delete("growing")
        store.close()
