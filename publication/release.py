"""Publishing: a candidate whose very bytes passed the gate becomes the current release."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from expectations.expected import expected_check_names, public_mart_names
from expectations.files import file_sha256, sync, write_durably
from expectations.verdict import STATUSES, Verdict, write_verdict
from publication.candidate import Candidate, changed_files
from publication.errors import PublicationRefused
from publication.ledger import append
from publication.origin import Origin, origin_to_json, previous_loads
from publication.places import CANDIDATE, DATABASE, MANIFEST, VERDICT, Places
from publication.recovery import recover
from publication.released_files import release_problems
from publication.releases import Release, current, read_pointer, release_named
from publication.switching import announce, point_to, writer


@dataclass(frozen=True, slots=True)
class Publication:
    """What came of publishing; ``unchanged`` when the current release has this content."""

    outcome: Literal["published", "unchanged"]
    release: Release


@dataclass(frozen=True, slots=True)
class _Facts:
    release: str
    at: datetime
    origin: Origin


def publish(  # noqa: PLR0913 - six separate facts, three of them by keyword
    home: Path,
    candidate: Candidate,
    verdict: Verdict,
    *,
    manifest: Mapping[str, Any],
    origin: Origin,
    at: datetime,
) -> Publication:
    """Release the candidate at ``at`` (now, in UTC), or say that it changes nothing.

    ``manifest`` is dbt's: it and the code say which checks there must be, the verdict does
    not. ``origin`` is kept with the release. Raises ``PublicationRefused`` with every reason;
    then nothing was changed. May be killed at any point: the next call finishes or undoes
    what was begun.
    """
    with writer(home) as places:
        recover(places, at)
        reasons = refusals(candidate, verdict, manifest)
        if reasons:
            raise PublicationRefused(reasons)
        same = _same_as_current(places, candidate)
        if same is not None:
            # Left there, the candidate could be taken for a newer one later.
            shutil.rmtree(candidate.folder)
            return Publication("unchanged", same)
        facts = _Facts(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{candidate.sha256[:8]}", at, origin)
        _release(places, candidate, verdict, facts)
        return Publication("published", release_named(home, facts.release))


def _same_as_current(places: Places, candidate: Candidate) -> Release | None:
    """The current release if it has the candidate's content, and still has it on the disk."""
    if read_pointer(places.home) is None:
        return None
    running = current(places.home)
    same = running.candidate_sha256 == candidate.sha256
    return running if same and not release_problems(places, running.id) else None


def refusals(
    candidate: Candidate, verdict: Verdict, manifest: Mapping[str, Any]
) -> tuple[str, ...]:
    """Every reason not to publish; none when the verdict covers these bytes and passed."""
    reasons = [f"{name} is not what was exported" for name in changed_files(candidate)]
    judged = (verdict.candidate_sha256, verdict.database_sha256)
    if judged != (candidate.sha256, candidate.database_sha256):
        reasons.append("the verdict is about other bytes; judge this candidate")
    marts = tuple(mart.name for mart in candidate.marts)
    if marts != public_mart_names(manifest):
        reasons.append("the candidate's marts are not dbt's public marts; build it again")
    reasons += [
        f"{name} was not checked at all" for name in verdict.missing(expected_check_names(manifest))
    ]
    reasons += [
        f"{check.name} {_ended(check.status)}" + (f": {check.message}" if check.message else "")
        for check in verdict.blocking
    ]
    return tuple(reasons)


def _ended(status: str) -> str:
    return "failed" if status == "failed" else "could not be checked"


def _release(places: Places, candidate: Candidate, verdict: Verdict, facts: _Facts) -> None:
    """Files, then the ledger, then the pointer: each on the disk before the next."""
    details = {
        **_seal(candidate, verdict, facts),
        "checks": {status: verdict.count(status) for status in STATUSES},
        "loads_sha256": facts.origin.loads_sha256,
        # The earlier ones stand in earlier lines, so that a line does not grow with history.
        "new_loads": facts.origin.hashes_beyond(previous_loads(places.home)),
    }
    announce(places, facts.release, facts.at)
    candidate.folder.rename(places.releases / facts.release)
    sync(places.releases)
    sync(places.candidates)
    line = append(places.ledger, "published", facts.release, facts.at, details)
    point_to(places, line)
    places.intent.unlink()


def _seal(candidate: Candidate, verdict: Verdict, facts: _Facts) -> dict[str, Any]:
    """Write verdict and manifest beside the files; the hashes that go into the ledger."""
    folder = candidate.folder
    write_verdict(verdict, folder / VERDICT)
    document = {
        "release": facts.release,
        "published_at": facts.at.astimezone(UTC).isoformat(),
        "candidate_sha256": candidate.sha256,
        "database_sha256": candidate.database_sha256,
        # The hashes that were judged, not what lies there a moment later.
        "files": {
            **{file.name: file.sha256 for file in candidate.files},
            DATABASE: candidate.database_sha256,
            VERDICT: file_sha256(folder / VERDICT),
            CANDIDATE: file_sha256(folder / CANDIDATE),
        },
        "rows": {file.name: file.rows for file in candidate.files},
        "previous": candidate.previous,
        "marts": [asdict(mart) for mart in candidate.marts],
        "evidence": [asdict(model) for model in candidate.evidence],
        "origin": origin_to_json(facts.origin),
    }
    write_durably(folder / MANIFEST, json.dumps(document, indent=1, sort_keys=True).encode())
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
            sync(path)
    return {
        "candidate_sha256": candidate.sha256,
        "database_sha256": candidate.database_sha256,
        "manifest_sha256": file_sha256(folder / MANIFEST),
        "verdict_sha256": file_sha256(folder / VERDICT),
        "code": facts.origin.code,
        "as_of": facts.origin.as_of.isoformat(),
        "inbox": facts.origin.inbox,
    }
