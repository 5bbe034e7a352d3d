from __future__ import annotations

import pytest
from benchmarks.comparison.drivers import wrk
from benchmarks.comparison.work.own_programs import PROGRAMS, Program, ProgramError, read

PRINTED = {
    "gateway-websocket": "WebSocket echo round trip, us    direct      93.1   gateway     161.0   ratio 1.729   (",
    "gateway-memory": """
download  2048 MiB in 3.1 s: memory rose by 0.5 MiB
upload    2048 MiB in 4.0 s: memory rose by 1.2 MiB
""",
    "sidecar-soak": "after 2000 reruns: 1.002 of the figure after 200 (allowed 1.2)",
    "sidecar-recovery": """
served after 0.93 s (0.90 s of processor time)
page   after 1.46 s (1.22 s of processor time)
""",
    "client": """
build ApiClient, Unix socket                     12.1 µs
build ApiClient, https                           14.1 µs
GET, ApiClient, Unix socket                     890.0 µs
""",
    "pages": """
empty page            plain script    median    4.00 ms  ratio 1.000   processor   3.00 ms  ratio 1.000
empty page            page function   median    4.40 ms  ratio 1.100   processor   3.15 ms  ratio 1.050
GET from a page       client.get      median    1.53 ms
""",
    "testing": """
client.page(...), with a call of the API         40.5 ms   processor     38.2 ms
its rerun                                        18.3 ms   processor      8.6 ms
pytest --collect-only, with this one           2060.8 ms   processor    667.7 ms
the plugin                                        8.5 ms   processor      7.9 ms
""",
    "observability": "access log and metrics together cost 6.5% of the throughput; at most 8% is allowed",
    "sessions": """
SQLite                       page run, unchanged    median   0.300 ms   p99   0.500 ms
SQLite                       page run, changed      median   0.700 ms   p99   0.900 ms
SQLite, encrypted            page run, changed      median   0.900 ms   p99   0.900 ms
rerun with SQLite            none                   median   3.298 ms   more   0.000 ms   processor   2.833 ms
rerun with SQLite            changed                median   6.161 ms   more   2.863 ms   processor   5.133 ms
rerun with SQLite            model                  median   6.885 ms   more   3.587 ms   processor   4.833 ms
""",
}
FIGURES = {
    "gateway-websocket": {"echo": 1.729},
    "gateway-memory": {"download": 0.5, "upload": 1.2},
    "sidecar-soak": {"growth": 1.002},
    "client": {"build": 12.1, "get": 890.0},
    "pages": {"empty": 1.1, "processor": 1.05, "get": 1.53},
    "testing": {"render": 40.5, "plugin": 8.5},
    "observability": {"cost": 6.5},
    "sidecar-recovery": {"page": 1.46},
    "sessions": {"changed": 2.863, "model": 3.587},
}
WRK = """Running 1s test @ http://127.0.0.1:1/
  Latency Distribution
     50%    4.14ms
     99%  112.96us
  4110 requests in 1.00s, 0.5MB read
{trouble}Requests/sec:   4109.51
"""


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_figures_are_read_off_what_a_program_prints(program: Program) -> None:
    assert read(program, PRINTED[program.name]) == FIGURES[program.name]


def test_a_program_that_prints_nothing_known_is_a_failure() -> None:
    with pytest.raises(ProgramError, match="it broke"):
        read(PROGRAMS[0], "", "Traceback: it broke")


def test_rate_and_slowest_requests_are_read_off_wrk() -> None:
    load = wrk.parse(WRK.format(trouble=""))

    assert load.rate == 4109.51
    assert load.p99_ms == pytest.approx(0.11296)
    assert load.requests == 4110


@pytest.mark.parametrize(
    "trouble", ["  Non-2xx or 3xx responses: 12\n", "  Socket errors: connect 0, read 3, write 0, timeout 0\n"]
)
def test_a_load_with_failed_requests_is_no_figure(trouble: str) -> None:
    with pytest.raises(wrk.WrkError, match=trouble.strip()[:12]):
        wrk.parse(WRK.format(trouble=trouble))
