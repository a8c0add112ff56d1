"""What is released: the list that the ledger gives, and the one that is current."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from publication.errors import LedgerDamaged, NoCurrentRelease, UnknownRelease
from publication.ledger import Ledger, LedgerLine, read_ledger
from publication.places import DATABASE, MANIFEST, Places

SWITCHES = ("published", "rolled_back")


@dataclass(frozen=True, slots=True)
class Release:
    """One immutable release; ``folder`` holds its files.

    ``inbox`` is the position up to which it knows the inbox's events: an alert names one.
    """

    id: str
    folder: Path
    published_at: datetime
    candidate_sha256: str
    database_sha256: str
    is_current: bool
    inbox: int = 0

    @property
    def database(self) -> Path:
        """The DuckDB file that BI opens read-only."""
        return self.folder / DATABASE

    def manifest(self) -> dict[str, Any]:
        """The release's own description: files, marts, grains, explanations."""
        document: dict[str, Any] = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        return document


@dataclass(frozen=True, slots=True)
class Pointer:
    """``current.json``: the current release and the ledger line that made it so."""

    release: str
    ledger_sha256: str


def read_pointer(home: Path) -> Pointer | None:
    """The pointer, or None when nothing was ever published. Raises ``LedgerDamaged``."""
    path = Places(home).pointer
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Pointer(document["release"], document["ledger_sha256"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise LedgerDamaged(
            f"{path} cannot be read, and no crash does that; remove it, and the next "
            "publication sets it again from the ledger"
        ) from error


def releases(home: Path) -> list[Release]:
    """Releases that are still there, in the order of their publication."""
    lines = read_ledger(Places(home).ledger).lines
    pointer = read_pointer(home)
    return [
        _release(home, line, pointer is not None and pointer.release == line.release)
        for line in live_lines(lines)
    ]


def current(home: Path) -> Release:
    """The release that BI sees. Raises ``NoCurrentRelease``."""
    for release in releases(home):
        if release.is_current:
            return release
    raise NoCurrentRelease(f"nothing is published in {home}; run the pipeline first")


def release_at(home: Path, at: datetime) -> Release | None:
    """The release that was current at ``at``; None before the first, or when it was pruned."""
    lines = [line for line in read_ledger(Places(home).ledger).lines if line.event in SWITCHES]
    earlier = [line.release for line in lines if line.at <= at]
    kept = {release.id: release for release in releases(home)}
    return kept.get(earlier[-1]) if earlier else None


def release_named(home: Path, release_id: str) -> Release:
    """The release of this id. Raises ``UnknownRelease`` when there is none, or it was pruned."""
    for release in releases(home):
        if release.id == release_id:
            return release
    raise UnknownRelease(f"there is no release {release_id}; list those there are")


def live_lines(lines: tuple[LedgerLine, ...]) -> list[LedgerLine]:
    """The lines that published a release which was not pruned since."""
    pruned = {line.release for line in lines if line.event == "pruned"}
    return [line for line in lines if line.event == "published" and line.release not in pruned]


def last_switch(ledger: Ledger) -> LedgerLine | None:
    """The line that says which release is current."""
    switches = [line for line in ledger.lines if line.event in SWITCHES]
    return switches[-1] if switches else None


def _release(home: Path, line: LedgerLine, is_current: bool) -> Release:
    return Release(
        id=line.release,
        folder=Places(home).releases / line.release,
        published_at=line.at,
        candidate_sha256=line.details["candidate_sha256"],
        database_sha256=line.details["database_sha256"],
        is_current=is_current,
        inbox=line.details.get("inbox", 0),
    )
