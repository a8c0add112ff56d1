"""``vouch demo`` in an empty home, then ``vouch run`` with nothing new."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.outcome import BenchmarkFailed, Figure, Outcome
from benchmarks.process import Ran, run
from benchmarks.served import served

_SEED = 7
_VOUCH = str(Path(sys.executable).parent / "vouch")


def measure(work: Path) -> Outcome:
    """Wall seconds and memory of a first release, and of a run that finds nothing new.

    Raises:
        BenchmarkFailed: a command did not end with 0, or the second run made a release.
    """
    home = work / "home"
    first = _succeeded(run([_VOUCH, "demo"], {"VOUCH_HOME": str(home)}, work))
    before = _current(home)
    with _sandbox() as address:
        environment = {"VOUCH_HOME": str(home), "VOUCH_SANDBOX_URL": address}
        second = _succeeded(run([_VOUCH, "run"], environment, work))
    if _current(home) != before:
        raise BenchmarkFailed("a run with nothing new made another release")
    gigabytes = round(first.peak_bytes / 1e9, 2)
    return Outcome(
        "demo",
        (
            Figure("vouch demo", round(first.seconds, 1), "s", "<= 90 s", first.seconds <= 90),
            Figure("largest process", gigabytes, "GB", "< 1.5 GB", gigabytes < 1.5),
            Figure("vouch run with nothing new", round(second.seconds, 1), "s"),
            Figure("new releases of that run", 0, "", "0", True),
        ),
    )


@contextmanager
def _sandbox() -> Iterator[str]:
    """The same agency again, as ``vouch demo`` served it."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--seed", str(_SEED)]
    with served([*command, "--with-parent"]) as address:
        yield address


def _succeeded(ran: Ran) -> Ran:
    if ran.exit_code != 0:
        raise BenchmarkFailed(f"vouch ended with {ran.exit_code}:\n{ran.stdout}{ran.stderr}")
    return ran


def _current(home: Path) -> str:
    pointer = json.loads((home / "serving" / "current.json").read_text(encoding="utf-8"))
    return str(pointer["release"])
