"""Candidate, gate, release: the last three steps. Whether one may follow is not Dagster's say."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb

import publication
from expectations import (
    LandingFile,
    Verdict,
    expected_check_names,
    judge,
    read_verdict,
    write_verdict,
)
from orchestration import code_version, contents, dbt
from orchestration.resources import Home
from publication.places import VERDICT
from publication.postgresql import serve

log = logging.getLogger("vouch.release")

_GROUP = "release"


def candidate_asset(marts: Iterable[dg.AssetKey]) -> dg.AssetsDefinition:
    """The candidate depends on every public mart, and is skipped with them."""

    @dg.asset(
        name="candidate",
        group_name=_GROUP,
        kinds={"duckdb", "parquet"},
        deps=list(marts),
    )
    def candidate(home: Home) -> dg.MaterializeResult[None]:
        """The bytes that may become a release: public marts, and the evidence behind them."""
        home.keep_open()
        settings = home.settings
        code = code_version.digest()
        held = {
            model: f"{code}:{duckdb.__version__}:{content}"
            for model, content in contents.held(settings.warehouse).items()
        }
        built = publication.build_candidate(
            settings.warehouse,
            dbt.manifest(settings),
            settings.home,
            # A whole build is to show that nothing depends on what was there before.
            held={} if home.full else held,
        )
        rows = sum(file.rows for file in built.files)
        log.info("candidate %s: %d files, %d rows", built.id, len(built.files), rows)
        return dg.MaterializeResult(metadata={"id": built.id, "sha256": built.sha256, "rows": rows})

    return candidate


def gate_checks(manifest: Mapping[str, Any]) -> dg.AssetChecksDefinition:
    """All checks on the candidate's bytes, in one step because their library is slow to load."""
    names = sorted({_check_key(name) for name in expected_check_names(manifest)})

    @dg.multi_asset_check(
        name="gate",
        specs=[dg.AssetCheckSpec(name, asset="candidate", blocking=True) for name in names],
    )
    def gate(home: Home) -> Iterator[dg.AssetCheckResult]:
        verdict = _judged(home)
        log.info(
            "%d checks passed, %d failed, %d could not be checked",
            *(verdict.count(status) for status in ("passed", "failed", "unchecked")),
        )
        for name in names:
            yield _result(name, verdict)

    return gate


@dg.asset(group_name=_GROUP, kinds={"duckdb", "parquet"}, deps=["candidate"])
def release(home: Home) -> dg.MaterializeResult[None]:
    """What BI may read. Refuses anything but the bytes that a complete verdict passed."""
    settings, at = home.settings, home.now()
    build, candidate = home.built(), publication.latest_candidate(settings.home)
    published = publication.publish(
        settings.home,
        candidate,
        read_verdict(candidate.folder / VERDICT),
        manifest=dbt.manifest(settings),
        origin=build.origin(settings.home, home.inbox_position()),
        at=at,
    )
    if settings.serving.postgresql:
        # Before the build counts as done: one that is not served is made again, and served.
        serve(settings.home, settings.serving.postgresql)
    if build.fingerprint == home.next_build().fingerprint:
        build.remember(settings.home)
    publication.prune(settings.home, settings.releases.keep, at=at)
    log.info("release %s: %s", published.release.id, published.outcome)
    return dg.MaterializeResult(
        metadata={"release": published.release.id, "outcome": published.outcome}
    )


def _judged(home: Home) -> Verdict:
    settings, build = home.settings, home.built()
    candidate = publication.latest_candidate(settings.home)
    verdict = judge(
        candidate.judged,
        manifest=dbt.manifest(settings),
        dbt_results=dbt.remembered_results(settings.home).values(),
        landing=[LandingFile(file.vendor, file.entity, file.path) for file in build.files],
        as_of=build.as_of,
        evaluated_at=home.now(),
        limits=settings.thresholds,
        code=code_version.digest(),
        earlier=None if home.full else publication.earlier(settings.home),
    )
    write_verdict(verdict, candidate.folder / VERDICT)
    return verdict


def _check_key(name: str) -> str:
    """Dagster's name for a group of checks: ``dbt``, ``suite_<mart>``, ``reconciliation`` …"""
    kind, _, rest = name.partition(":")
    return f"suite_{rest.split(':')[0]}" if kind == "suite" else kind


def _result(name: str, verdict: Verdict) -> dg.AssetCheckResult:
    checks = [check for check in verdict.checks if _check_key(check.name) == name]
    blocking = [check for check in checks if check.status != "passed"]
    return dg.AssetCheckResult(
        check_name=name,
        asset_key="candidate",
        passed=bool(checks) and not blocking,
        metadata={
            "evaluated": len(checks),
            "blocking": dg.MetadataValue.json(
                [[check.name, check.status, check.observed] for check in blocking]
            ),
        },
    )
