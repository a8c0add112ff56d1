"""Proof that nothing was altered: the ledger's chain, and the hash of every released file."""

from dataclasses import dataclass
from pathlib import Path

from expectations.files import file_sha256
from publication.errors import LedgerDamaged
from publication.ledger import Ledger, read_ledger
from publication.places import Places
from publication.released_files import Problem, line_problems, released_files
from publication.releases import Pointer, last_switch, live_lines, read_pointer
from publication.switching import announced, copied_release

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """``problems`` are alterations; ``notes`` what a crash left, mended by the next run.

    Known limit: who can write everywhere can rewrite ledger, pointer and releases together;
    only a copy of the ledger kept elsewhere shows that.
    """

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    ledger_lines: int
    releases: int
    files: int

    @property
    def intact(self) -> bool:
        """Nothing was altered."""
        return not self.problems


def verify(home: Path) -> VerificationReport:
    """Re-hash everything that was released; reads all of it, changes and locks nothing."""
    places = Places(home)
    for _ in range(ATTEMPTS - 1):
        before = read_ledger(places.ledger)
        report = _verified(places)
        # A publication in the meantime looks like an alteration: look again.
        if report.intact or read_ledger(places.ledger) == before:
            return report
    return _verified(places)


def _verified(places: Places) -> VerificationReport:
    ledger = read_ledger(places.ledger)
    begun = announced(places)
    live = live_lines(ledger.lines)
    problems = [Problem("ledger.jsonl", fault) for fault in ledger.faults]
    notes = ["ledger.jsonl ends in half a line, left by a crash"] if ledger.torn else []
    for line in live:
        problems += line_problems(places, line)
    for release, found in (*_switch_state(places, ledger), *_unlisted(places, ledger)):
        # Only an interrupted publication leaves the announcement of its release behind.
        if release == begun:
            notes.append(f"{found.told()} (an interruption)")
        else:
            problems.append(found)
    problems += _pointer_problems(places, ledger) + _copy_problems(places)
    files = sum(len(released_files(places, line.release)) for line in live)
    return VerificationReport(tuple(problems), tuple(notes), len(ledger.lines), len(live), files)


def _pointer(places: Places) -> Pointer | None:
    try:
        return read_pointer(places.home)
    except LedgerDamaged:
        return None


def _pointer_problems(places: Places, ledger: Ledger) -> list[Problem]:
    """What no crash can do to the pointer, or to the line it was set to."""
    pointer = _pointer(places)
    if pointer is None:
        return [Problem("current.json", "cannot be read")] if places.pointer.exists() else []
    line = {line.sha256: line for line in ledger.lines}.get(pointer.ledger_sha256)
    if line is None:
        what = "the line that current.json was set to is gone: lines were removed or replaced"
        return [Problem("ledger.jsonl", what)]
    if line.release != pointer.release:
        return [Problem("current.json", f"names {pointer.release}, its ledger line another")]
    return []


def _switch_state(places: Places, ledger: Ledger) -> list[tuple[str, Problem]]:
    """Pointer and copy that are behind the ledger, with the release they should be set to."""
    switch, pointer = last_switch(ledger), _pointer(places)
    if switch is None:
        return []
    wanted = switch.release
    if pointer is None or pointer.ledger_sha256 != switch.sha256:
        return [(wanted, Problem("current.json", f"is not set to {wanted}, the ledger's last"))]
    if copied_release(places) != pointer.release or not places.copy.is_file():
        return [(wanted, Problem(places.copy.name, "is not the current release's copy"))]
    return []


def _unlisted(places: Places, ledger: Ledger) -> list[tuple[str, Problem]]:
    """Release folders that the ledger does not know. One it knows as pruned is only late."""
    known = {line.release for line in ledger.lines}
    return [
        (folder.name, Problem(f"releases/{folder.name}", "is not in the ledger"))
        for folder in sorted(places.releases.glob("*"))
        if folder.name not in known
    ]


def _copy_problems(places: Places) -> list[Problem]:
    copied = copied_release(places)
    if copied is None or not places.copy.is_file():
        return []
    original = places.releases / copied / places.copy.name
    if not original.is_file() or file_sha256(places.copy) == file_sha256(original):
        return []
    return [Problem(places.copy.name, f"differs from release {copied}")]
