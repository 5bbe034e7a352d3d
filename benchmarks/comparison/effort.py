"""How much is done: the whole measurement, the one of a few minutes, or next to nothing for a test."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Effort:
    """Bounds of one run.

    Attributes:
        name: Also names the folder of its samples.
        rounds: Turns of the contestants that a target is about.
        side_rounds: Turns of everyone else, and at everything that has no target.
        seconds: Of load in one turn where a target is near.
        side_seconds: Of load in one turn at everything else.
        reruns: Of a page in one turn at most, as far as they fit into `side_seconds`; at least three.
        crowd: Sessions that are open at once at most.
        body: Bytes of a large upload or download.
        soak_reruns: Reruns of the soak.
        soak_seconds: The soak ends then, however far it is.
        recovery_seconds: How long a killed server may take to be back.
        everything: Contestants and variants that a quick run leaves out take part too.
    """

    name: str
    rounds: int
    side_rounds: int
    seconds: float
    side_seconds: float
    reruns: int
    crowd: int
    body: int
    soak_reruns: int
    soak_seconds: float
    recovery_seconds: float
    everything: bool


FULL = Effort(
    name="full",
    rounds=4,
    side_rounds=2,
    seconds=2.0,
    side_seconds=1.5,
    reruns=200,
    crowd=100,
    body=1024 * MIB,
    soak_reruns=3000,
    soak_seconds=30.0,
    recovery_seconds=30.0,
    everything=True,
)
QUICK = Effort(
    name="quick",
    rounds=3,
    side_rounds=1,
    seconds=1.0,
    side_seconds=0.5,
    reruns=100,
    crowd=100,
    body=128 * MIB,
    soak_reruns=600,
    soak_seconds=8.0,
    recovery_seconds=5.0,
    everything=False,
)
TINY = Effort(
    name="tiny",
    rounds=1,
    side_rounds=1,
    seconds=0.5,
    side_seconds=0.2,
    reruns=3,
    crowd=3,
    body=1 * MIB,
    soak_reruns=20,
    soak_seconds=3.0,
    recovery_seconds=10.0,
    everything=False,
)
EFFORTS = {effort.name: effort for effort in (FULL, QUICK, TINY)}
