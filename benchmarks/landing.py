"""Records landed per second from loopback HTTP: ours against dlt's default path, same records."""

import json
import statistics
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.outcome import BenchmarkFailed, Figure, Outcome
from benchmarks.process import run
from benchmarks.served import served
from sandbox.bulk import write_bulk

# A ninth of a bulk agency are candidates, a third are steps of submissions.
_BULK_PER_RECORD = 5
_ENTITIES = ("candidates", "job_submission_history")
_ROUNDS = 3
_WAYS = ("ours", "dlt", "read")


def measure(work: Path, records: int) -> Outcome:
    """Land ``records`` three times by each way in turn, each time into an empty home.

    Raises:
        BenchmarkFailed: a way ended with an error, or landed another number of records.
    """
    written = write_bulk(
        work / "payloads", records * _BULK_PER_RECORD, 7, f"{_epoch(2026, 11, 1)}.0"
    )
    available = [written.rows["bullhorn", entity] for entity in _ENTITIES]
    most = min(records // 2, *available)
    command = [sys.executable, "-m", "benchmarks.served", str(work / "payloads"), *_ENTITIES]
    with served([*command, "--most", str(most)]) as address:
        # The sandbox cuts each record to the fields asked for once, then remembers it.
        _land("ours", address, work / "warm", most)
        rates: dict[str, list[float]] = {way: [] for way in _WAYS}
        for turn in range(_ROUNDS):
            for way, found in rates.items():
                found.append(_land(way, address, work / f"{way}_{turn}", most))
    ours, theirs, read = (statistics.median(rates[way]) for way in _WAYS)
    return Outcome(
        "landing",
        (
            Figure("records", 2 * most),
            Figure("ours", round(ours), "records/s"),
            Figure("dlt into DuckDB", round(theirs), "records/s"),
            Figure("pages only read, by our requests", round(read), "records/s"),
            Figure("ratio", round(ours / theirs, 1), "x", ">= 10 x", ours >= 10 * theirs),
        ),
        {way: [round(one) for one in found] for way, found in rates.items()},
    )


def _land(way: str, address: str, home: Path, most: int) -> float:
    """Records per second of one way, imports not counted."""
    command = [sys.executable, "-m", "benchmarks.landing_way", way, address, str(home)]
    ran = run(command)
    if ran.exit_code != 0:
        raise BenchmarkFailed(f"landing by {way} failed:\n{ran.stderr}")
    landed = json.loads(ran.stdout.splitlines()[-1])
    if landed["records"] != 2 * most:
        raise BenchmarkFailed(f"{way} landed {landed['records']} records, not {2 * most}")
    return float(landed["records"] / landed["seconds"])


def _epoch(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp())
