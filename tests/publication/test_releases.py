"""Going back, and removing what nobody can hold any more."""

import shutil
from datetime import timedelta

import duckdb
import pytest

from publication import (
    PublicationError,
    UnknownRelease,
    current,
    prune,
    releases,
    rollback,
    verify,
)
from publication.places import Places
from tests.expectations.agency import NOON, Agency
from tests.publication.releasing import numbered, release, three_releases

LATER = NOON + timedelta(days=1)


def test_the_copy_follows_a_rollback(agency: Agency) -> None:
    first, *_ = three_releases(agency)
    rollback(agency.home, first, at=LATER)
    with duckdb.connect(str(Places(agency.home).copy), read_only=True) as connection:
        row = connection.execute("select channel from marts.dim_channels").fetchone()
    assert row == ("build 0",)


def test_rolling_back_to_the_current_release_changes_nothing(agency: Agency) -> None:
    *_, last = three_releases(agency)
    rollback(agency.home, last, at=LATER)
    assert verify(agency.home).ledger_lines == 3


def test_an_unknown_release_cannot_be_gone_back_to(agency: Agency) -> None:
    three_releases(agency)
    with pytest.raises(UnknownRelease):
        rollback(agency.home, "20200101T000000Z-00000000", at=LATER)


def test_a_damaged_release_cannot_be_gone_back_to(agency: Agency) -> None:
    first, _, last = three_releases(agency)
    (Places(agency.home).releases / first / "fct_costs.parquet").unlink()
    with pytest.raises(PublicationError, match=r"fct_costs.parquet: is missing"):
        rollback(agency.home, first, at=LATER)
    assert current(agency.home).id == last


def test_publishing_goes_on_after_a_rollback(agency: Agency) -> None:
    first, *_ = three_releases(agency)
    rollback(agency.home, first, at=LATER)
    published = release(agency, numbered(agency, 2), LATER + timedelta(minutes=1))
    assert published.outcome == "published"
    assert verify(agency.home).intact


def test_pruning_keeps_the_newest(agency: Agency) -> None:
    first, second, third = three_releases(agency)
    assert prune(agency.home, 1, at=LATER) == (first, second)
    assert [kept.id for kept in releases(agency.home)] == [third]
    assert verify(agency.home).intact


def test_pruning_spares_the_current_release_after_a_rollback(agency: Agency) -> None:
    first, second, _ = three_releases(agency)
    rollback(agency.home, first, at=NOON + timedelta(minutes=5))
    assert prune(agency.home, 1, at=LATER) == (second,)
    assert current(agency.home).id == first


def test_pruning_spares_what_readers_may_hold(agency: Agency) -> None:
    three_releases(agency)
    assert prune(agency.home, 1, at=NOON + timedelta(minutes=30)) == ()


def test_an_old_release_that_was_current_until_just_now_is_spared(agency: Agency) -> None:
    first = release(agency, numbered(agency, 1)).release.id
    release(agency, numbered(agency, 2), LATER)
    assert prune(agency.home, 1, at=LATER + timedelta(minutes=30)) == ()
    assert prune(agency.home, 1, at=LATER + timedelta(minutes=61)) == (first,)


def test_a_pruned_release_is_unknown(agency: Agency) -> None:
    first, *_ = three_releases(agency)
    prune(agency.home, 1, at=LATER)
    with pytest.raises(UnknownRelease):
        rollback(agency.home, first, at=LATER)


def test_a_current_release_that_someone_removed_is_published_again(agency: Agency) -> None:
    first = release(agency).release
    shutil.rmtree(Places(agency.home).serving)
    again = release(agency, at=LATER)
    assert again.outcome == "published"
    assert again.release.candidate_sha256 == first.candidate_sha256
    assert current(agency.home) == again.release


def test_a_current_release_that_was_damaged_is_published_again(agency: Agency) -> None:
    first = release(agency).release
    (first.folder / "fct_costs.parquet").unlink()
    assert release(agency, at=LATER).outcome == "published"
    assert prune(agency.home, 1, at=LATER + timedelta(days=1)) == (first.id,)
    assert verify(agency.home).intact
