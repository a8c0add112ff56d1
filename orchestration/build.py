"""What a build is made from: loads, code, day and settings. The same build is not made twice."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingestion.landing import LandedFile
from orchestration import code_version
from orchestration.settings import Settings
from publication import InputFile, InputLoad, Origin, previous_origin

_DONE = "built.json"


@dataclass(frozen=True, slots=True)
class Build:
    """Inputs of one build. ``as_of`` is the day up to which open periods count."""

    files: tuple[LandedFile, ...]
    as_of: date
    code: str
    settings: str

    @property
    def fingerprint(self) -> str:
        """Hex SHA-256; equal for equal inputs."""
        loads = sorted({(file.vendor, file.load_id) for file in self.files})
        parts = [loads, self.as_of.isoformat(), self.code, self.settings]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def is_done(self, home: Path) -> bool:
        """Whether this very build was already made and published (or found unchanged)."""
        done = home / _DONE
        return done.exists() and json.loads(done.read_text())["fingerprint"] == self.fingerprint

    def remember(self, home: Path) -> None:
        """Note that this build is published, so that it is not made again."""
        partial = home / f"{_DONE}.partial"
        partial.write_text(json.dumps({"fingerprint": self.fingerprint}), encoding="utf-8")
        partial.replace(home / _DONE)

    def origin(self, home: Path, inbox: int = 0) -> Origin:
        """For the ledger: the loads with their hashes, the code, the day, the inbox's position.

        Landing only grows: what the release before had of the inbox, this one has.
        """
        before = previous_origin(home)
        known = {load.key: load for load in (before.loads if before is not None else ())}
        inbox = max(inbox, before.inbox if before is not None else 0)
        grouped: dict[tuple[str, str], list[LandedFile]] = defaultdict(list)
        for file in self.files:
            grouped[file.vendor, file.load_id].append(file)
        loads = [known.get(key) or _hashed(key, files) for key, files in grouped.items()]
        return Origin(self.code, self.as_of, tuple(loads), inbox)


def _hashed(key: tuple[str, str], files: list[LandedFile]) -> InputLoad:
    landed = tuple(
        InputFile(f"{file.entity}/{file.path.name}", _sha256(file.path), file.rows)
        for file in files
    )
    return InputLoad(*key, landed)


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def describe(settings: Settings, files: Iterable[LandedFile], as_of: date) -> Build:
    """A build of these files, with the code and the settings of now."""
    # A server that has just been named is served by a run that finds nothing else new.
    server = settings.serving.postgresql.rpartition("@")[2]
    relevant = [settings.tenant, settings.reporting_currency, str(settings.thresholds), server]
    return Build(
        files=tuple(files),
        as_of=as_of,
        code=code_version.digest(),
        settings=hashlib.sha256(json.dumps(relevant).encode()).hexdigest(),
    )
