"""Precision and recall count pairs, and the rules reach their floor on the known truth."""

from pathlib import Path

import pytest

from benchmarks.identity import Score, identity, joined, pairs, score
from sandbox.agency import AgencyPlan, generate


def test_groups_that_share_a_member_are_one() -> None:
    found = joined([("a", "b"), ("c", "d"), ("e", "f"), ("b", "c")])
    assert sorted(sorted(group) for group in found) == [["a", "b", "c", "d"], ["e", "f"]]


def test_a_group_of_three_is_three_pairs() -> None:
    assert pairs([("c", "a", "b")]) == {("a", "b"), ("a", "c"), ("b", "c")}


def test_a_wrong_pair_costs_precision_and_a_missed_one_recall() -> None:
    found = score(pairs([("a", "b", "c")]), pairs([("a", "b"), ("x", "y")]))
    assert found.precision == pytest.approx(1 / 3)
    assert found.recall == pytest.approx(1 / 2)


def test_nothing_found_is_not_wrong() -> None:
    assert (Score(0, 0, 2).precision, Score(0, 0, 2).recall) == (1, 0)


@pytest.mark.slow
def test_the_agencys_truth_is_found_and_nothing_else(built_home: Path) -> None:
    found = identity(built_home / "warehouse.duckdb", generate(AgencyPlan()))
    assert found.people.precision == found.unmerged.precision == 1
    assert found.companies.precision == found.companies.recall == 1
    assert found.answers.precision == 1
    # Nicknames, shared mailboxes and who came back under another address and number stay apart.
    assert found.people.recall >= 0.9
    assert found.unmerged.recall >= 0.88
    assert found.answers.recall >= 0.97
