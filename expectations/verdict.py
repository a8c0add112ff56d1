"""The verdict: what was checked on which bytes, and how each check ended."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from expectations.errors import VerdictUnreadable
from expectations.files import write_durably

Kind = Literal["dbt", "suite", "reconciliation", "rejects", "unknown"]
Status = Literal["passed", "failed", "unchecked"]
STATUSES: tuple[Status, ...] = ("passed", "failed", "unchecked")


@dataclass(frozen=True, slots=True)
class Check:
    """One check's outcome. ``unchecked`` means it could not be evaluated, and blocks.

    ``carried_from`` names the release on whose very same bytes it was evaluated; empty when it
    was evaluated for this verdict. ``read`` names what was read: of a
    reconciliation a hex hash over its files, of a comparison of table and file the file's hash and
    what it holds.
    """

    name: str
    kind: Kind
    subject: str
    status: Status
    observed: str = ""
    expected: str = ""
    message: str = ""
    carried_from: str = ""
    read: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every check on the bytes named by the two hashes, at ``evaluated_at`` (UTC).

    ``basis`` is a hex hash of what decides besides the bytes: the rules' code, the day and the
    limits; empty when it is not known, and then nothing is carried over from this verdict.
    """

    candidate_sha256: str
    database_sha256: str
    checks: tuple[Check, ...]
    evaluated_at: datetime
    basis: str = ""

    @property
    def passed(self) -> bool:
        """Nothing failed or stayed unchecked. Completeness is the publisher's question."""
        return bool(self.checks) and not self.blocking

    @property
    def blocking(self) -> tuple[Check, ...]:
        """The checks that forbid publication: failed and unchecked ones."""
        return tuple(check for check in self.checks if check.status != "passed")

    def missing(self, expected: Iterable[str]) -> tuple[str, ...]:
        """Names that should have been checked and do not appear, sorted."""
        return tuple(sorted(set(expected) - {check.name for check in self.checks}))

    def count(self, status: str) -> int:
        """How many checks ended so."""
        return sum(check.status == status for check in self.checks)


def to_json(verdict: Verdict) -> str:
    """Canonical JSON; the same verdict is always the same text."""
    document = {
        "candidate_sha256": verdict.candidate_sha256,
        "database_sha256": verdict.database_sha256,
        "evaluated_at": verdict.evaluated_at.astimezone(UTC).isoformat(),
        "passed": verdict.passed,
        "basis": verdict.basis,
        "checks": [asdict(check) for check in verdict.checks],
    }
    return json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> Verdict:
    """Read a verdict back. Raises ``VerdictUnreadable``; ``passed`` is never believed."""
    try:
        document = json.loads(text)
        checks = tuple(Check(**check) for check in document["checks"])
        verdict = Verdict(
            candidate_sha256=str(document["candidate_sha256"]),
            database_sha256=str(document["database_sha256"]),
            checks=checks,
            evaluated_at=datetime.fromisoformat(document["evaluated_at"]),
            basis=str(document.get("basis", "")),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise VerdictUnreadable(
            f"this is not a verdict ({type(error).__name__}: {error}); judge the candidate again"
        ) from error
    unknown = sorted({check.status for check in checks} - set(STATUSES))
    if unknown:
        raise VerdictUnreadable(f"unknown check status {unknown}; judge the candidate again")
    return verdict


def write_verdict(verdict: Verdict, path: Path) -> None:
    """Store the verdict durably, in one step."""
    write_durably(path, to_json(verdict).encode())


def read_verdict(path: Path) -> Verdict:
    """The verdict stored at ``path``. Raises ``VerdictUnreadable`` when there is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise VerdictUnreadable(f"there is no verdict at {path}; judge the candidate") from error
    return from_json(text)
