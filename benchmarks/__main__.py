"""``python -m benchmarks [NAME ...]``: run them, print the figures, keep them as JSON."""

import argparse
import shlex
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks import (
    coverage,
    demo,
    growth,
    identity,
    landing,
    latency,
    million,
    receiving,
)
from benchmarks.outcome import BenchmarkFailed, Outcome, machine, show, write

_RESULTS = Path(__file__).with_name("results")
_NAMES = ("demo", "landing", "million", "latency", "identity", "coverage", "growth", "receiving")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the pipeline, print the figures and keep them as JSON.",
        epilog="Ends with 1 when something measured failed or gave other figures than it must; "
        "an aim that is missed is shown, and is no failure.",
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=(
            "demo: `vouch demo` from nothing; landing: records/s against dlt's default path; "
            "million: landing to release against its floor; latency: event accepted to figure "
            "moved, beside stock Dagster; identity: precision and recall of "
            "people; coverage: intervals of the claims where no claim holds; growth: every "
            "model at 1, 3 and 10 million; receiving: webhooks/s and SIGKILL; all unless said"
        ),
    )
    parser.add_argument(
        "--records",
        type=int,
        default=1_000_000,
        help="records of million and latency (default %(default)s)",
    )
    parser.add_argument(
        "--landed", type=int, default=50_000, help="records of landing (default %(default)s)"
    )
    parser.add_argument(
        "--agencies", type=int, default=200, help="agencies of coverage (default %(default)s)"
    )
    parser.add_argument(
        "--events", type=int, default=200, help="single events of latency (default %(default)s)"
    )
    parser.add_argument(
        "--stock-events",
        type=int,
        default=10,
        help="those with stock Dagster, in the same run (default %(default)s)",
    )
    parser.add_argument("--out", type=Path, default=_RESULTS, help="folder of the JSON files")
    parser.add_argument(
        "--work", type=Path, help="disk to build on and clear again (default: where /tmp is)"
    )
    given = parser.parse_args()
    unknown = sorted(set(given.names) - set(_NAMES))
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(_NAMES)}")
    return given


def main() -> int:
    """0 when all that was measured did its work."""
    given = _arguments()
    console = Console()
    measures: dict[str, Callable[[Path], Outcome]] = {
        "demo": demo.measure,
        "landing": lambda work: landing.measure(work, given.landed),
        "million": lambda work: million.measure(work, given.records),
        "latency": lambda work: latency.measure(
            work, given.records, given.events, given.stock_events
        ),
        "identity": identity.measure,
        "coverage": lambda work: coverage.measure(work, given.agencies),
        "growth": growth.measure,
        "receiving": receiving.measure,
    }
    command = shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
    failed = False
    for name in given.names or _NAMES:
        on, at = machine(), datetime.now(UTC)
        console.print(f"{name}: measuring ...", highlight=False)
        with tempfile.TemporaryDirectory(prefix="vouch-benchmark-", dir=given.work) as folder:
            try:
                outcome = measures[name](Path(folder))
            except BenchmarkFailed as failure:
                console.print(f"{name}: {failure}", style="red", highlight=False, markup=False)
                failed = True
                continue
        show(outcome, console)
        written = write(outcome, given.out, command, on, at)
        console.print(f"{written}", highlight=False)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
