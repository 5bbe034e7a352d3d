from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
from benchmarks.comparison.field import Field
from benchmarks.comparison.samples import SampleFile
from benchmarks.comparison.schedule import Turn, play, turns

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.comparison.measured import Figures, Work


class Recorder:
    """Stands for servers and work: notes what is asked of it."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.started: list[str] = []
        self.measured: list[str] = []
        self.warmed: list[str] = []
        self.fails: set[str] = set()

    def start(self, name: str) -> Any:
        self.running.append(name)
        self.started.append(name)
        return Stopped(self, name)

    def measure(self, field: Field, name: str) -> Figures:
        field.server(name)
        self.measured.append(name)
        if name in self.fails:
            raise ConnectionError("nobody answers")
        return {"rate": 1.0}

    def warm(self, _field: Field, name: str) -> None:
        self.warmed.append(name)


class Stopped:
    def __init__(self, recorder: Recorder, name: str) -> None:
        self._recorder, self._name = recorder, name

    def ask_to_stop(self) -> None:
        """Nothing that takes time."""

    def stop(self) -> None:
        self._recorder.running.remove(self._name)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def plan(works: list[Work], recorder: Recorder) -> list[Turn]:
    work = dataclasses.replace(works[0], measure=recorder.measure, warm=recorder.warm)
    return list(turns([work], ["fastapi", "nginx", "fluxlit-1"]))


def take(plan: list[Turn], recorder: Recorder, path: Path) -> SampleFile:
    file = SampleFile(path)
    with Field(recorder.start) as field:
        play(plan, field, file, tell=lambda _: None)
    return file


def test_contestants_take_turns(plan: list[Turn], recorder: Recorder, tmp_path: Path) -> None:
    take(plan, recorder, tmp_path / "samples.jsonl")

    assert recorder.measured == ["fastapi", "nginx", "fluxlit-1"] * 3
    assert recorder.warmed == ["fastapi", "nginx", "fluxlit-1"]
    assert recorder.running == []


def test_fresh_servers_are_warmed_at_each_turn(works: list[Work], recorder: Recorder, tmp_path: Path) -> None:
    started: list[str] = []
    work = dataclasses.replace(works[0], measure=recorder.measure, warm=recorder.warm, fresh=("fastapi",))

    def start(name: str) -> Any:
        started.append(name)
        return recorder.start(name)

    with Field(start) as field:
        play(list(turns([work], ["fastapi"])), field, SampleFile(tmp_path / "samples.jsonl"), tell=lambda _: None)

    assert started == recorder.warmed == recorder.measured == ["fastapi"] * 3
    assert recorder.running == []


def test_fresh_servers_of_a_round_start_before_its_first_turn(
    works: list[Work], recorder: Recorder, tmp_path: Path
) -> None:
    running: list[list[str]] = []

    def measure(field: Field, name: str) -> Figures:
        running.append(sorted(recorder.running))
        return recorder.measure(field, name)

    fresh = ("fastapi", "fluxlit-1")
    work = dataclasses.replace(works[0], measure=measure, warm=recorder.warm, fresh=fresh, together=True, turns=2)

    take(list(turns([work], ["fastapi", "nginx", "fluxlit-1"])), recorder, tmp_path / "samples.jsonl")

    everyone = ["fastapi", "fluxlit-1", "nginx"]
    assert running == [["fastapi", "fluxlit-1"], ["fastapi", "fluxlit-1"], *[everyone] * 4]
    assert sorted(recorder.started) == ["fastapi"] * 2 + ["fluxlit-1"] * 2 + ["nginx"]
    assert recorder.warmed.count("fluxlit-1") == 2
    assert recorder.running == []


def test_who_cannot_start_afresh_fails_alone(works: list[Work], recorder: Recorder, tmp_path: Path) -> None:
    def start(name: str) -> Any:
        if name == "fastapi":
            raise ConnectionError("no port is left")
        return recorder.start(name)

    fresh = ("fastapi", "fluxlit-1")
    work = dataclasses.replace(works[0], measure=recorder.measure, fresh=fresh, together=True)
    file = SampleFile(tmp_path / "samples.jsonl")
    with Field(start) as field:
        play(list(turns([work], fresh)), field, file, tell=lambda _: None)

    assert {sample.failure for sample in file.samples if sample.contestant == "fastapi"} == {
        "ConnectionError: no port is left"
    }
    assert recorder.measured == ["fluxlit-1"] * 3
    assert recorder.running == []


def test_samples_know_of_which_commit_they_are(plan: list[Turn], recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    with Field(recorder.start) as field:
        play(plan, field, SampleFile(path, "one"), tell=lambda _: None)

    assert not SampleFile(path, "one").is_of_another_commit
    assert SampleFile(path, "two").is_of_another_commit
    assert not SampleFile(tmp_path / "none.jsonl", "two").is_of_another_commit


def test_those_that_a_target_is_about_take_more_turns(works: list[Work], recorder: Recorder, tmp_path: Path) -> None:
    aimed = dataclasses.replace(works[0], measure=recorder.measure, aimed=("fastapi", "fluxlit-1"), side_turns=1)

    file = take(list(turns([aimed], ["fastapi", "nginx", "fluxlit-1"])), recorder, tmp_path / "samples.jsonl")

    assert recorder.measured == ["fastapi", "nginx", "fluxlit-1", *["fastapi", "fluxlit-1"] * 2]
    assert len(file.samples) == 7


def test_a_turn_tells_how_long_servers_took_to_start(plan: list[Turn], tmp_path: Path) -> None:
    class Slow(Recorder):
        def start(self, name: str) -> Any:
            field.seconds += 5.0
            return super().start(name)

    recorder = Slow()
    turn = dataclasses.replace(plan[0], work=dataclasses.replace(plan[0].work, measure=recorder.measure, warm=None))
    file = SampleFile(tmp_path / "samples.jsonl")
    with Field(recorder.start) as field:
        play([turn, dataclasses.replace(turn, number=1)], field, file, tell=lambda _: None)

    assert [round(sample.servers) for sample in file.samples] == [5, 0]


def test_only_the_chosen_contestants_take_part(works: list[Work]) -> None:
    assert [turn.contestant for turn in turns(works, ["fluxlit-1"])] == ["fluxlit-1"] * 4


def test_an_interrupted_run_goes_on_where_it_stopped(plan: list[Turn], recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    take(plan[:4], recorder, path)
    # The end of a process that was killed while it wrote.
    with path.open("a") as file:
        file.write('{"work": "api-async-16", "contes')
    first = list(recorder.measured)

    take(plan, recorder, path)

    assert first == ["fastapi", "nginx", "fluxlit-1", "fastapi"]
    assert recorder.measured[4:] == ["nginx", "fluxlit-1", "fastapi", "nginx", "fluxlit-1"]


def test_samples_after_a_torn_line_are_read_again(plan: list[Turn], recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    take(plan[:1], recorder, path)
    with path.open("a") as file:
        file.write('{"work": "api-async-16", "contes')
    take(plan, recorder, path)

    assert len(SampleFile(path).samples) == len(plan)


def test_one_contestant_can_take_its_turns_again(plan: list[Turn], recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    file = take(plan, recorder, path)
    file.forget("nginx")
    recorder.measured.clear()

    take(plan, recorder, path)

    assert recorder.measured == ["nginx"] * 3
    assert len(SampleFile(path).samples) == len(plan)


def test_what_fails_is_noted_and_the_others_go_on(plan: list[Turn], recorder: Recorder, tmp_path: Path) -> None:
    recorder.fails.add("nginx")

    file = take(plan, recorder, tmp_path / "samples.jsonl")

    failed = [sample for sample in file.samples if sample.contestant == "nginx"]
    assert {sample.failure for sample in failed} == {"ConnectionError: nobody answers"}
    assert all(sample.figures == {"rate": None} for sample in failed)
    assert recorder.measured.count("fluxlit-1") == 3
    assert recorder.running == []


def test_everything_is_stopped_when_a_run_is_interrupted(plan: list[Turn], recorder: Recorder, tmp_path: Path) -> None:
    def interrupt(turn: Turn) -> None:
        if turn.number == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Field(recorder.start) as field:
        play(plan, field, SampleFile(tmp_path / "samples.jsonl"), tell=interrupt)

    assert recorder.measured == ["fastapi", "nginx", "fluxlit-1"]
    assert recorder.running == []


def test_a_run_that_begins_anew_keeps_the_one_before(plan: list[Turn], recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    file = take(plan, recorder, path)

    file.begin_anew()

    assert SampleFile(path).samples == ()
    assert len(SampleFile(path.with_suffix(".earlier")).samples) == len(plan)
