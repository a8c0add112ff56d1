"""Which results are carried over from an earlier verdict: those about the same bytes only."""

from datetime import UTC, datetime

import pytest

from expectations.carried import Earlier, carried, carried_comparison
from expectations.names import suite_check_name
from expectations.rules import no_rows
from expectations.verdict import Check, Status, Verdict

RULES = {
    "fct_a": (no_rows("adds_up", "select 1 as violated from {batch} where false", "adds up"),),
    "fct_b": (
        no_rows("fits", "select 1 as violated from {batch} join marts.fct_a using (id)", "fits"),
    ),
}
FILES = {"fct_a.parquet": "a1", "fct_b.parquet": "b1"}


def earlier(status: Status = "passed", carried_from: str = "") -> Earlier:
    """The verdict of a release in which every rule ended so."""
    checks = tuple(
        Check(suite_check_name(mart, rule.name), "suite", mart, status, carried_from=carried_from)
        for mart, rules in RULES.items()
        for rule in rules
    )
    verdict = Verdict("c", "d", checks, datetime(2026, 11, 1, tzinfo=UTC), basis="rules")
    return Earlier("release 1", verdict, FILES)


def test_the_same_bytes_and_rules_are_not_judged_twice_and_say_so() -> None:
    found = carried(RULES, FILES, "rules", earlier())
    assert {check.carried_from for checks in found.values() for check in checks} == {"release 1"}
    assert set(found) == {"fct_a", "fct_b"}


def test_the_release_that_was_judged_stays_named() -> None:
    found = carried(RULES, FILES, "rules", earlier(carried_from="release 0"))
    assert found["fct_a"][0].carried_from == "release 0"


def test_a_rule_that_reads_a_changed_mart_is_judged_though_its_own_is_the_same() -> None:
    assert carried(RULES, {**FILES, "fct_a.parquet": "a2"}, "rules", earlier()) == {}
    assert set(carried(RULES, {**FILES, "fct_b.parquet": "b2"}, "rules", earlier())) == {"fct_a"}


@pytest.mark.parametrize("basis", ["other rules", ""])
def test_other_rules_carry_nothing(basis: str) -> None:
    assert carried(RULES, FILES, basis, earlier()) == {}


@pytest.mark.parametrize("status", ["failed", "unchecked"])
def test_what_did_not_pass_is_judged_again(status: Status) -> None:
    assert carried(RULES, FILES, "rules", earlier(status)) == {}


def test_without_an_earlier_verdict_everything_is_judged() -> None:
    assert carried(RULES, FILES, "rules", None) == {}


def compared(status: Status = "passed", read: str = "files") -> Earlier:
    """The verdict of a release in which a comparison of these files ended so."""
    check = Check("reconciliation:x", "reconciliation", "fct_a", status, read=read)
    verdict = Verdict("c", "d", (check,), datetime(2026, 11, 1, tzinfo=UTC), basis="rules")
    return Earlier("release 1", verdict, {})


def test_a_comparison_of_the_same_files_is_carried_and_no_other() -> None:
    found = carried_comparison("reconciliation:x", "files", "rules", compared())
    assert found is not None and found.carried_from == "release 1"
    for name, read, basis, earlier in (
        ("reconciliation:y", "files", "rules", compared()),
        ("reconciliation:x", "other files", "rules", compared()),
        ("reconciliation:x", "files", "other rules", compared()),
        ("reconciliation:x", "files", "rules", compared("failed")),
        ("reconciliation:x", "files", "rules", None),
    ):
        assert carried_comparison(name, read, basis, earlier) is None
