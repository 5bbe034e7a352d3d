"""Spans without a dependency: the hook is called, and where it counts."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from fluxlit import reset_trace_hook, set_trace_hook, trace_span

Spans = list[tuple[str, Mapping[str, object]]]


@pytest.fixture
def spans() -> Iterator[Spans]:
    """What a hook has seen while a test runs."""
    seen: Spans = []

    @contextlib.contextmanager
    def hook(name: str, attributes: Mapping[str, object]) -> Generator[None]:
        seen.append((name, attributes))
        yield

    token = set_trace_hook(hook)
    yield seen
    reset_trace_hook(token)


def test_a_hook_sees_name_and_attributes(spans: Spans) -> None:
    with trace_span("reports.build", {"rows": 3}):
        pass

    assert spans == [("reports.build", {"rows": 3})]


def test_a_hook_set_at_start_counts_in_contexts_that_know_nothing_of_it(spans: Spans) -> None:
    def elsewhere() -> None:
        with trace_span("request"):
            pass

    with ThreadPoolExecutor(1) as pool:
        pool.submit(elsewhere).result(timeout=10)

    assert [name for name, _ in spans] == ["request"]


def test_without_a_hook_nothing_happens() -> None:
    with trace_span("nobody looks"):
        pass


def test_what_a_hook_raises_passes_through() -> None:
    def hook(name: str, attributes: Mapping[str, object]) -> contextlib.AbstractContextManager[object]:
        raise LookupError(name, attributes)

    token = set_trace_hook(hook)
    try:
        with pytest.raises(LookupError), trace_span("broken"):
            pass
    finally:
        reset_trace_hook(token)
