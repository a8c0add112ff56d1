"""Publishes, and dies by SIGKILL at each step of it in turn; run in a process of its own."""

import os
import pickle
import shutil
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from publication import Candidate, current, prune, verify
from tests.expectations.agency import NOON, Agency
from tests.publication.releasing import copied, release

# What CPython reports of file operations; each is a moment before something changes.
MOMENTS = ("os.rename", "os.remove", "os.rmdir", "shutil.", "os.truncate")


def main(home: Path) -> None:
    """Die at the first moment, the second and so on, until a publication lives through."""
    agency, candidates = pickle.loads((home / "inputs.pickle").read_bytes())
    died = 0
    while _dies(agency, candidates[died % 2], died):
        died += 1
        report = verify(home)
        assert report.intact, (died, report.problems)
        assert current(home).database.is_file()
        _next_run_recovers(agency, candidates[died % 2], died)
    sys.stdout.write(str(died))


def _dies(agency: Agency, candidate: tuple[Candidate, Path], moment: int) -> bool:
    ready = copied(*candidate)
    child = os.fork()
    if child == 0:
        _die_at(moment)
        at = NOON + timedelta(hours=3 * moment + 2)
        release(agency, ready, at)
        prune(agency.home, 1, at=at)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), status
    return status != 0


def _die_at(moment: int) -> None:
    seen = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event.startswith(MOMENTS):
            seen += 1
            if seen > moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def _next_run_recovers(agency: Agency, candidate: tuple[Candidate, Path], died: int) -> None:
    at = NOON + timedelta(hours=3 * died)
    release(agency, copied(*candidate), at)
    report = verify(agency.home)
    assert report.intact, (died, report.problems)
    assert report.notes == (), (died, report.notes)
    prune(agency.home, 1, at=at)
    shutil.rmtree(agency.home / "candidates")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
