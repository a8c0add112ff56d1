"""The ledger: one hash-chained line per change of what BI sees. Appended, never rewritten."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from expectations.files import sync
from publication.errors import LedgerDamaged

Event = Literal["published", "rolled_back", "pruned", "repaired"]
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One event. ``previous`` is the hash of the line before, ``sha256`` of this one."""

    sequence: int
    at: datetime
    event: Event
    release: str
    details: Mapping[str, Any]
    previous: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a ledger file holds. ``torn`` are bytes after the last line break."""

    lines: tuple[LedgerLine, ...]
    faults: tuple[str, ...]
    torn: bytes

    @property
    def head(self) -> str:
        """Hash of the last line."""
        return self.lines[-1].sha256 if self.lines else GENESIS


def read_ledger(path: Path) -> Ledger:
    """All lines and every fault of the chain. A missing file is an empty ledger."""
    content = path.read_bytes() if path.exists() else b""
    *complete, torn = content.split(b"\n")
    lines: list[LedgerLine] = []
    faults: list[str] = []
    previous = GENESIS
    for number, raw in enumerate(complete, start=1):
        line = _parsed(raw)
        if line is None:
            faults.append(f"line {number} is not a ledger line, or does not fit its own hash")
            previous = ""
            continue
        if line.sequence != number:
            faults.append(f"line {number} says it is line {line.sequence}")
        if previous and line.previous != previous:
            faults.append(f"line {number} does not follow from the line before it")
        lines.append(line)
        previous = line.sha256
    return Ledger(tuple(lines), tuple(faults), torn)


def sound_ledger(path: Path) -> Ledger:
    """The ledger, when its chain holds. Raises ``LedgerDamaged``; a torn end is not damage."""
    ledger = read_ledger(path)
    if ledger.faults:
        raise LedgerDamaged(
            f"{path}: {ledger.faults[0]}; nothing is published on a ledger that does not hold "
            "together: restore it from a backup"
        )
    return ledger


def append(
    path: Path, event: Event, release: str, at: datetime, details: Mapping[str, Any]
) -> LedgerLine:
    """Add one line durably; the caller holds the lock. Raises ``LedgerDamaged``."""
    ledger = sound_ledger(path)
    if ledger.torn:
        raise LedgerDamaged(f"{path} ends in half a line; recover before appending")
    body = {
        "sequence": len(ledger.lines) + 1,
        "at": at.astimezone(UTC).isoformat(),
        "event": event,
        "release": release,
        "details": dict(details),
        "previous": ledger.head,
    }
    sha256 = _sha256(body)
    created = not path.exists()
    with path.open("ab") as target:
        target.write(_canonical({**body, "sha256": sha256}) + b"\n")
        target.flush()
        os.fsync(target.fileno())
    if created:
        sync(path.parent)
    return _line({**body, "sha256": sha256})


def drop_torn_end(path: Path, torn: bytes) -> None:
    """Cut half a line that a crash left; no pointer was ever set to it."""
    with path.open("r+b") as target:
        target.truncate(path.stat().st_size - len(torn))
        target.flush()
        os.fsync(target.fileno())


def _parsed(raw: bytes) -> LedgerLine | None:
    try:
        document = json.loads(raw)
        line = _line(document)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    body = {key: value for key, value in document.items() if key != "sha256"}
    canonical = raw == _canonical(document)
    return line if canonical and _sha256(body) == line.sha256 else None


def _line(document: Mapping[str, Any]) -> LedgerLine:
    return LedgerLine(
        sequence=document["sequence"],
        at=datetime.fromisoformat(document["at"]),
        event=document["event"],
        release=document["release"],
        details=document["details"],
        previous=document["previous"],
        sha256=document["sha256"],
    )


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _sha256(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(body)).hexdigest()
