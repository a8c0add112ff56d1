"""Publishing: what is refused, what is released, what changes nothing."""

import json
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest

from expectations import Check, Verdict
from expectations.verdict import Status
from publication import (
    CandidateError,
    NoCurrentRelease,
    PublicationRefused,
    current,
    latest_candidate,
    publish,
    releases,
    verify,
)
from publication.places import Places
from publication.release import refusals
from tests.expectations.agency import NOON, TEST, Agency
from tests.publication.releasing import ORIGIN, candidate_of, numbered, passing, release


def test_a_candidate_that_passed_becomes_the_current_release(agency: Agency) -> None:
    published = release(agency)
    assert published.outcome == "published"
    assert current(agency.home) == published.release
    assert verify(agency.home).intact


def test_the_release_is_named_for_its_time_and_content(agency: Agency) -> None:
    published = release(agency).release
    assert published.id == f"20260301T120000Z-{published.candidate_sha256[:8]}"


def test_the_same_content_is_not_released_twice(agency: Agency) -> None:
    first = release(agency)
    again = release(agency, at=NOON + timedelta(hours=1))
    assert (again.outcome, again.release) == ("unchanged", first.release)
    assert len(releases(agency.home)) == 1
    with pytest.raises(CandidateError):
        latest_candidate(agency.home)


def test_bi_reads_the_same_rows_under_both_names(agency: Agency) -> None:
    published = release(agency, numbered(agency, 7)).release
    for path in (published.database, Places(agency.home).copy):
        with duckdb.connect(str(path), read_only=True) as connection:
            row = connection.execute("select channel from marts.dim_channels").fetchone()
        assert row == ("build 7",)


@pytest.mark.parametrize("name", ["serving.duckdb", "fct_revenue.parquet"])
def test_bytes_changed_after_the_verdict_are_refused(agency: Agency, name: str) -> None:
    candidate = candidate_of(agency)
    verdict = passing(agency, candidate)
    with (candidate.folder / name).open("ab") as target:
        target.write(b"x")
    assert refusals(candidate, verdict, agency.manifest) == (f"{name} is not what was exported",)


def test_a_file_added_after_the_verdict_is_refused(agency: Agency) -> None:
    candidate = candidate_of(agency)
    (candidate.folder / "fct_more.parquet").write_bytes(b"x")
    reasons = refusals(candidate, passing(agency, candidate), agency.manifest)
    assert reasons == ("fct_more.parquet is not what was exported",)


def test_a_description_rewritten_to_fit_changed_bytes_does_not_help(agency: Agency) -> None:
    candidate = candidate_of(agency)
    verdict = passing(agency, candidate)
    forged = replace(candidate, database_sha256="0" * 64)
    assert "the verdict is about other bytes; judge this candidate" in refusals(
        forged, verdict, agency.manifest
    )


def test_a_verdict_about_another_candidate_is_refused(agency: Agency) -> None:
    other = passing(agency, candidate_of(agency))
    candidate = numbered(agency, 2)
    assert refusals(candidate, other, agency.manifest) == (
        "the verdict is about other bytes; judge this candidate",
    )


def test_a_missing_check_is_refused_though_all_that_are_there_passed(agency: Agency) -> None:
    candidate = candidate_of(agency)
    verdict = passing(agency, candidate)
    some = replace(
        verdict,
        checks=tuple(
            check
            for check in verdict.checks
            if check.name not in ("reconciliation:placements", f"dbt:{TEST}")
        ),
    )
    assert some.passed
    assert refusals(candidate, some, agency.manifest) == (
        f"dbt:{TEST} was not checked at all",
        "reconciliation:placements was not checked at all",
    )


def test_an_empty_verdict_is_refused(agency: Agency) -> None:
    candidate = candidate_of(agency)
    verdict = Verdict(candidate.sha256, candidate.database_sha256, (), NOON)
    with pytest.raises(PublicationRefused):
        publish(agency.home, candidate, verdict, manifest=agency.manifest, origin=ORIGIN, at=NOON)


@pytest.mark.parametrize(
    ("status", "told"), [("failed", "failed"), ("unchecked", "could not be checked")]
)
def test_a_failed_and_an_unchecked_check_both_block_and_are_told_apart(
    agency: Agency, status: Status, told: str
) -> None:
    candidate = candidate_of(agency)
    verdict = passing(agency, candidate)
    first, *others = verdict.checks
    bad = replace(verdict, checks=(replace(first, status=status), *others))
    assert refusals(candidate, bad, agency.manifest) == (f"{first.name} {told}",)


def test_a_pass_beside_a_failure_of_the_same_name_does_not_hide_it(agency: Agency) -> None:
    candidate = candidate_of(agency)
    verdict = passing(agency, candidate)
    name = verdict.checks[0].name
    failure = Check(name=name, kind="suite", subject="any", status="failed")
    reasons = refusals(
        candidate, replace(verdict, checks=(*verdict.checks, failure)), agency.manifest
    )
    assert reasons == (f"{name} failed",)


def test_a_refusal_changes_nothing(agency: Agency) -> None:
    candidate = candidate_of(agency)
    with pytest.raises(PublicationRefused):
        publish(
            agency.home,
            candidate,
            replace(passing(agency, candidate), checks=()),
            manifest=agency.manifest,
            origin=ORIGIN,
            at=NOON,
        )
    with pytest.raises(NoCurrentRelease):
        current(agency.home)
    assert candidate.folder.is_dir()
    assert not Places(agency.home).ledger.exists()


def test_a_mart_that_is_public_and_not_in_the_candidate_is_refused(agency: Agency) -> None:
    candidate = candidate_of(agency)
    verdict = passing(agency, candidate)
    nodes = {**agency.manifest["nodes"]}
    nodes["model.vouch.fct_new"] = {**nodes["model.vouch.fct_costs"], "name": "fct_new"}
    reasons = refusals(candidate, verdict, {"nodes": nodes})
    assert "the candidate's marts are not dbt's public marts; build it again" in reasons


def test_a_stale_wal_is_not_replayed_into_the_next_copy(agency: Agency) -> None:
    release(agency)
    wal = Places(agency.home).copy.with_name("serving.duckdb.wal")
    wal.write_bytes(b"left by a client")
    release(agency, numbered(agency, 2), NOON + timedelta(minutes=1))
    assert not wal.exists()


def test_the_manifest_says_what_the_release_was_made_from(agency: Agency) -> None:
    document = release(agency).release.manifest()
    assert document["origin"] == {
        "code": "code",
        "as_of": "2026-03-01",
        "loads": [],
        "inbox": 0,
    }
    assert json.loads(Places(agency.home).ledger.read_text())["details"]["code"] == "code"
