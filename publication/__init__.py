"""Releases: candidates, publishing, the ledger, and where a figure comes from."""

from publication.candidate import Candidate, build_candidate, latest_candidate, read_candidate
from publication.earlier import earlier
from publication.errors import (
    CandidateError,
    LedgerDamaged,
    MartDeclarationError,
    NoCurrentRelease,
    PublicationError,
    PublicationRefused,
    ServingFailed,
    UnknownRelease,
    UnknownRow,
)
from publication.explanation import Explanation, explain
from publication.marts import PublicMart, public_marts
from publication.moved import Moved, moved
from publication.origin import InputFile, InputLoad, Origin, previous_loads, previous_origin
from publication.pruning import prune
from publication.release import Publication, publish
from publication.releases import Release, current, release_at, releases
from publication.rolling_back import rollback
from publication.summary import Claim, Figure, Summary, summary
from publication.suppression import Protected, protect
from publication.unmapped import Unmapped
from publication.verification import VerificationReport, verify

__all__ = [
    "Candidate",
    "CandidateError",
    "Claim",
    "Explanation",
    "Figure",
    "InputFile",
    "InputLoad",
    "LedgerDamaged",
    "MartDeclarationError",
    "Moved",
    "NoCurrentRelease",
    "Origin",
    "Protected",
    "PublicMart",
    "Publication",
    "PublicationError",
    "PublicationRefused",
    "Release",
    "ServingFailed",
    "Summary",
    "UnknownRelease",
    "UnknownRow",
    "Unmapped",
    "VerificationReport",
    "build_candidate",
    "current",
    "earlier",
    "explain",
    "latest_candidate",
    "moved",
    "previous_loads",
    "previous_origin",
    "protect",
    "prune",
    "public_marts",
    "publish",
    "read_candidate",
    "release_at",
    "releases",
    "rollback",
    "summary",
    "verify",
]
