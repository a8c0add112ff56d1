"""The gate over the tiny agency, and its checks by name."""

from expectations import Check, DbtResult, LandingFile, Thresholds, Verdict, judge
from publication import build_candidate
from tests.expectations.agency import AS_OF, NOON, Agency


def judged(
    agency: Agency,
    *,
    results: tuple[DbtResult, ...] | None = None,
    landing: tuple[LandingFile, ...] | None = None,
    limits: Thresholds | None = None,
) -> Verdict:
    """The verdict on the candidate of the warehouse as it is."""
    candidate = build_candidate(agency.warehouse, agency.manifest, agency.home)
    return judge(
        candidate.judged,
        manifest=agency.manifest,
        dbt_results=agency.results if results is None else results,
        landing=agency.landing if landing is None else landing,
        as_of=AS_OF,
        evaluated_at=NOON,
        limits=limits or Thresholds(),
    )


def blocking(verdict: Verdict) -> dict[str, Check]:
    """Failed and unchecked checks by name."""
    return {check.name: check for check in verdict.blocking}
