"""Verification: every kind of alteration is found, and what a crash leaves is not one."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from publication import LedgerDamaged, current, rollback, verify
from publication.places import Places
from tests.expectations.agency import NOON, Agency
from tests.publication.releasing import numbered, release, three_releases


def _changed(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[1].replace(b"published", b"Published"), lines[2]]


def _rehashed(lines: list[bytes]) -> list[bytes]:
    """A line changed and given a hash that fits: the next one does not follow from it."""
    from publication.ledger import _canonical, _sha256

    body = json.loads(lines[1])
    del body["sha256"]
    body["details"]["candidate_sha256"] = "0" * 64
    return [lines[0], _canonical({**body, "sha256": _sha256(body)}), lines[2]]


def _first_deleted(lines: list[bytes]) -> list[bytes]:
    return lines[1:]


def _middle_deleted(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[2]]


def _last_deleted(lines: list[bytes]) -> list[bytes]:
    return lines[:2]


def _swapped(lines: list[bytes]) -> list[bytes]:
    return [lines[1], lines[0], lines[2]]


def _doubled(lines: list[bytes]) -> list[bytes]:
    return [*lines, lines[2]]


def _emptied(lines: list[bytes]) -> list[bytes]:
    return []


ALTERATIONS = [
    _changed,
    _rehashed,
    _first_deleted,
    _middle_deleted,
    _last_deleted,
    _swapped,
    _doubled,
    _emptied,
]


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_an_altered_ledger_is_found(
    agency: Agency, alter: Callable[[list[bytes]], list[bytes]]
) -> None:
    three_releases(agency)
    ledger = Places(agency.home).ledger
    lines = alter(ledger.read_bytes().splitlines())
    ledger.write_bytes(b"".join(line + b"\n" for line in lines))
    report = verify(agency.home)
    assert any(problem.where == "ledger.jsonl" for problem in report.problems)
    assert report.notes == ()


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_nothing_is_published_on_an_altered_ledger(
    agency: Agency, alter: Callable[[list[bytes]], list[bytes]]
) -> None:
    three_releases(agency)
    ledger = Places(agency.home).ledger
    lines = alter(ledger.read_bytes().splitlines())
    ledger.write_bytes(b"".join(line + b"\n" for line in lines))
    with pytest.raises(LedgerDamaged):
        release(agency, numbered(agency, 9), NOON + timedelta(hours=1))


def test_a_ledger_cut_inside_its_last_line_is_found(agency: Agency) -> None:
    three_releases(agency)
    ledger = Places(agency.home).ledger
    ledger.write_bytes(ledger.read_bytes()[:-20])
    assert "ledger.jsonl" in {problem.where for problem in verify(agency.home).problems}
    with pytest.raises(LedgerDamaged, match="lines were removed"):
        release(agency, numbered(agency, 9), NOON + timedelta(hours=1))


def test_half_a_line_after_the_current_one_is_a_crash_and_is_mended(agency: Agency) -> None:
    three_releases(agency)
    ledger = Places(agency.home).ledger
    with ledger.open("ab") as target:
        target.write(b'{"at":"2026')
    report = verify(agency.home)
    assert report.intact
    assert report.notes == ("ledger.jsonl ends in half a line, left by a crash",)
    release(agency, numbered(agency, 9), NOON + timedelta(hours=1))
    assert verify(agency.home).notes == ()
    assert b'"repaired"' in ledger.read_bytes()


def _flip(path: Path) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(
    "name",
    [
        "serving.duckdb",
        "fct_revenue.parquet",
        "evidence/int_placements.parquet",
        "verdict.json",
        "candidate.json",
        "manifest.json",
    ],
)
def test_one_flipped_bit_in_a_release_is_found_and_named(agency: Agency, name: str) -> None:
    first, *_ = three_releases(agency)
    _flip(Places(agency.home).releases / first / name)
    assert [problem.where for problem in verify(agency.home).problems] == [
        f"releases/{first}/{name}"
    ]


def test_a_missing_and_an_added_file_are_found(agency: Agency) -> None:
    folder = Places(agency.home).releases / three_releases(agency)[0]
    (folder / "fct_costs.parquet").unlink()
    (folder / "more.txt").write_text("more")
    assert [problem.told().split(": ")[1] for problem in verify(agency.home).problems] == [
        "is missing",
        "does not belong to the release",
    ]


def test_a_pointer_set_by_hand_is_found(agency: Agency) -> None:
    first, *_ = three_releases(agency)
    pointer = Places(agency.home).pointer
    pointer.write_text(json.dumps({**json.loads(pointer.read_text()), "release": first}))
    problems = verify(agency.home).problems
    assert {problem.where for problem in problems} >= {"current.json"}


def test_an_old_pointer_put_back_is_found(agency: Agency) -> None:
    release(agency, numbered(agency, 1))
    pointer = Places(agency.home).pointer
    old = pointer.read_bytes()
    release(agency, numbered(agency, 2), NOON + timedelta(minutes=1))
    pointer.write_bytes(old)
    assert [problem.where for problem in verify(agency.home).problems] == ["current.json"]


def test_a_changed_copy_is_found(agency: Agency) -> None:
    three_releases(agency)
    _flip(Places(agency.home).copy)
    assert [problem.where for problem in verify(agency.home).problems] == ["serving.duckdb"]


def test_a_release_that_the_ledger_does_not_know_is_found(agency: Agency) -> None:
    three_releases(agency)
    (Places(agency.home).releases / "20260101T000000Z-00000000").mkdir()
    assert [problem.what for problem in verify(agency.home).problems] == ["is not in the ledger"]


def test_verification_of_nothing_is_intact(tmp_path: Path) -> None:
    assert verify(tmp_path).intact


def test_rolling_back_is_in_the_ledger_and_verifies(agency: Agency) -> None:
    first, _, _ = three_releases(agency)
    back = rollback(agency.home, first, at=NOON + timedelta(hours=1))
    assert current(agency.home) == back
    assert back.id == first
    assert verify(agency.home).intact
    assert verify(agency.home).ledger_lines == 4
