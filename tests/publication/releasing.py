"""Shortest ways to a candidate, a passing verdict and a release of the tiny agency."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from expectations import Check, Verdict, expected_check_names
from publication import Candidate, Origin, Publication, build_candidate, publish
from tests.expectations.agency import AS_OF, NOON, Agency

ORIGIN = Origin("code", AS_OF, ())


def candidate_of(agency: Agency) -> Candidate:
    """The candidate of the warehouse as it is."""
    return build_candidate(agency.warehouse, agency.manifest, agency.home)


def passing(agency: Agency, candidate: Candidate) -> Verdict:
    """A verdict as the gate gives it when all is well; the gate has its own tests."""
    checks = tuple(
        Check(name=name, kind="suite", subject="any", status="passed")
        for name in sorted(expected_check_names(agency.manifest))
    )
    return Verdict(candidate.sha256, candidate.database_sha256, checks, NOON)


def release(agency: Agency, candidate: Candidate | None = None, at: datetime = NOON) -> Publication:
    """Publish the candidate, or the one of the warehouse as it is."""
    candidate = candidate or candidate_of(agency)
    verdict = passing(agency, candidate)
    return publish(agency.home, candidate, verdict, manifest=agency.manifest, origin=ORIGIN, at=at)


def numbered(agency: Agency, number: int) -> Candidate:
    """A candidate with ``number`` in two marts, so that a mixture of releases shows."""
    agency.change(
        f"update marts.dim_channels set channel = 'build {number}'",
        f"update marts.dim_companies set company_name = 'build {number}'",
    )
    return candidate_of(agency)


def three_releases(agency: Agency) -> list[str]:
    """Ids of three releases with different content, a minute apart."""
    return [
        release(agency, numbered(agency, number), NOON + timedelta(minutes=number)).release.id
        for number in range(3)
    ]


def copied(candidate: Candidate, aside: Path) -> Candidate:
    """The same candidate again: publishing moves a candidate away."""
    folder = candidate.folder.with_name(aside.name)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(aside, folder)
    return replace(candidate, folder=folder)
