"""How the build grows with the landing: 1, 3 and 10 million records, model by model."""

import json
import math
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from benchmarks import agencies, million, timeline
from benchmarks.outcome import Figure, Outcome
from benchmarks.process import Ran

MILLIONS = (1, 3, 10)
# Below, a model's time is mostly its start and says nothing of its growth.
_TOLD_SECONDS = 1.0
# n log n may be exceeded by so much: two runs of one model differ by that on a shared machine.
_NOISE = 1.25
_TOP = 10


def measure(work: Path, millions: Sequence[int] = MILLIONS) -> Outcome:
    """Seconds of every model at each size, and of all against the floor at the largest.

    Raises:
        BenchmarkFailed: a run or the floor did not end with 0, or any mart differs.
    """
    seconds: dict[int, dict[str, float]] = {}
    ran: dict[int, Ran] = {}
    homes: dict[int, Path] = {}
    for count in millions:
        place = work / str(count)
        place.mkdir()
        home, landed = million.land(place, count * 1_000_000)
        ran[count] = million.release(place, home)
        seconds[landed.total], homes[landed.total] = timeline.models(home), home
        for total in sorted(homes)[:-2]:
            shutil.rmtree(homes.pop(total).parent)
    floor = million.floor_script(home, work / "floor")
    rows = million.compared(home, work / "floor")
    largest, last = seconds[max(seconds)], ran[millions[-1]]
    stages = timeline.stages(last.stderr, last.seconds)
    suspects = _faster_than_n_log_n(seconds)
    alone = {total: _alone(home, tuple(suspects)) for total, home in homes.items() if suspects}
    steep = _faster_than_n_log_n(alone) if alone else {}
    slowest = sorted(largest, key=lambda name: -largest[name])[:_TOP]
    ratio = stages["dbt_build"] / floor.seconds
    peak = last.peak_bytes / 1e9
    return Outcome(
        "growth",
        (
            *(
                Figure(f"vouch run, {count} million", round(ran[count].seconds, 1), "s")
                for count in millions
            ),
            Figure("all models and tests at the largest", stages["dbt_build"], "s"),
            Figure("floor: one script in memory, at the largest", round(floor.seconds, 1), "s"),
            Figure("ratio", round(ratio, 1), "x", "<= 2 x", ratio <= 2),
            Figure(
                "ratio of CPU time, the whole run against the floor",
                round(last.cpu_seconds / floor.cpu_seconds, 1),
                "x",
            ),
            Figure("rows of the marts, equal on both sides", rows, "", "equal", True),
            Figure("largest process", round(peak, 2), "GB", "< 12 GB", peak < 12),
            Figure("models faster than n log n", len(steep), "", "0", not steep),
            *(Figure(name, round(largest[name], 1), "s") for name in slowest),
        ),
        {
            "stages": stages,
            "cpu_seconds": {count: round(one.cpu_seconds, 1) for count, one in ran.items()},
            "cpu_seconds_of_the_floor": round(floor.cpu_seconds, 1),
            "steep": {name: round(times, 2) for name, times in steep.items()},
            "suspects_alone": {
                name: [round(at[name], 2) for at in alone.values()] for name in suspects
            },
            "models": {
                name: [round(at.get(name, math.nan), 2) for at in seconds.values()]
                for name in sorted(largest, key=lambda name: -largest[name])
            },
        },
    )


def _alone(home: Path, models: tuple[str, ...]) -> dict[str, float]:
    """Seconds of each model with the machine to itself: beside another it tells of both."""
    agencies.rebuild(
        home,
        models,
        has_tests=False,
        variables=json.dumps(million.VARIABLES),
        options=("--threads", "1", "--full-refresh"),
    )
    return timeline.models(home, "target")


def _faster_than_n_log_n(seconds: dict[int, dict[str, float]]) -> dict[str, float]:
    """By model, how many times longer its last step took than n log n allows; only if longer."""
    sizes = sorted(seconds)
    before, after = list(pairwise(sizes))[-1]
    allowed = after * math.log(after) / (before * math.log(before))
    return {
        name: took / (max(seconds[before].get(name, took), _TOLD_SECONDS / 2) * allowed)
        for name, took in seconds[after].items()
        if took > _TOLD_SECONDS
        and took > max(seconds[before].get(name, took), _TOLD_SECONDS / 2) * allowed * _NOISE
    }
