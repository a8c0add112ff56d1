"""A landing of a million records to a release, against one script in memory for the marts."""

import json
import statistics
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import publication
from benchmarks import timeline
from benchmarks.comparison import differences
from benchmarks.outcome import BenchmarkFailed, Figure, Outcome
from benchmarks.process import Ran, run
from publication.declared import marts_from_json
from sandbox.bulk import BulkLoad, write_bulk

# Behind the bulk agency's last day; the same figures whenever it is measured.
_AS_OF = date(2026, 11, 1)
_FLOOR_ROUNDS = 3
_VOUCH = str(Path(sys.executable).parent / "vouch")
# No sources: the way from landing to release is measured. The bulk agency has as many
# unknown channels and respondents as the small one, whose limits these are.
VARIABLES = {
    "tenant_id": "demo-agency",
    "reporting_currency": "GBP",
    "as_of_date": _AS_OF.isoformat(),
}
CONFIG = f"""
tenant = "{VARIABLES["tenant_id"]}"
reporting_currency = "{VARIABLES["reporting_currency"]}"

[gate]
max_unknown_channel_share = 0.25
max_unmapped_spend_share = 0.10
max_unresolved_respondent_share = 0.25
"""


def measure(work: Path, records: int) -> Outcome:
    """Wall seconds of ``vouch run`` and of the floor, and whether their marts are equal.

    Raises:
        BenchmarkFailed: the run or the floor did not end with 0, or any mart differs.
    """
    home, landed = land(work, records)
    ours = release(work, home)
    floors = [floor_script(home, work / "floor") for _ in range(_FLOOR_ROUNDS)]
    rows = compared(home, work / "floor")
    floor = statistics.median(one.seconds for one in floors)
    ratio = ours.seconds / floor
    return Outcome(
        "million" if records == 1_000_000 else f"million_{records}",
        (
            Figure("records landed", landed.total),
            Figure("rows of the marts, equal on both sides", rows, "", "equal", True),
            Figure("vouch run", round(ours.seconds, 1), "s"),
            Figure("largest process", round(ours.peak_bytes / 1e9, 2), "GB"),
            Figure("floor: one script in memory", round(floor, 1), "s"),
            Figure("largest process of the floor", round(floors[0].peak_bytes / 1e9, 2), "GB"),
            Figure("ratio", round(ratio, 1), "x", "<= 3 x", ratio <= 3),
        ),
        {
            "stages": timeline.stages(ours.stderr, ours.seconds),
            "dbt": timeline.dbt(home),
            "floor": {
                "seconds": [round(one.seconds, 2) for one in floors],
                "slowest_statements": _slowest(floors[-1]),
            },
        },
    )


def land(work: Path, records: int) -> tuple[Path, BulkLoad]:
    """A new home in ``work`` with so many landed records, and what they are."""
    home = work / "home"
    load_id = f"{datetime(2026, 11, 1, tzinfo=UTC).timestamp():.1f}"
    return home, write_bulk(home / "landing", records, 7, load_id)


def release(work: Path, home: Path) -> Ran:
    """``vouch run`` from landing to a release. Raises ``BenchmarkFailed``."""
    config = work / "vouch.toml"
    config.write_text(CONFIG, encoding="utf-8")
    environment = {"VOUCH_HOME": str(home), "VOUCH_CONFIG": str(config)}
    ran = run([_VOUCH, "run", "--day", _AS_OF.isoformat()], environment, work)
    if ran.exit_code != 0:
        raise BenchmarkFailed(f"vouch run ended with {ran.exit_code}:\n{ran.stdout}{ran.stderr}")
    return ran


def floor_script(home: Path, out: Path) -> Ran:
    """The floor over the home's landing into ``out``. Raises ``BenchmarkFailed``."""
    ran = run([sys.executable, "-m", "benchmarks.floor", str(home), str(out)])
    if ran.exit_code != 0:
        raise BenchmarkFailed(f"the floor ended with {ran.exit_code}:\n{ran.stderr}")
    return ran


def compared(home: Path, floor: Path) -> int:
    """Rows of all marts, when they are equal. Raises ``BenchmarkFailed``."""
    current = publication.current(home)
    manifest = current.manifest()
    # What a release withholds follows from the marts' rows: the floor's are withheld alike.
    publication.protect(floor, marts_from_json(manifest["marts"]))
    grains = {mart["name"]: tuple(mart["grain"]) for mart in manifest["marts"]}
    found = differences(current.folder, floor, grains)
    if found:
        told = "\n".join(f"  {one.mart}: {one.told}" for one in found)
        raise BenchmarkFailed(f"the release and the floor do not agree:\n{told}")
    return sum(manifest["rows"][f"{name}.parquet"] for name in grains)


def _slowest(floor: Ran) -> list[Any]:
    spent = sorted(json.loads(floor.stdout), key=lambda pair: -pair[1])
    return [[name, round(seconds, 2)] for name, seconds in spent[:10]]
