"""The benchmark of coverage counts intervals that hold zero, whatever there is too little of."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from scipy.stats import binom

from benchmarks.coverage import measure, of_claims, tolerated
from tests.conftest import REPOSITORY


@pytest.mark.slow
def test_coverage_is_measured_on_agencies_too_small_for_any_verdict(tmp_path: Path) -> None:
    outcome = measure(tmp_path, agencies=2, scale="tiny")
    figures = {figure.name: figure.value for figure in outcome.figures}
    assert figures["agencies"] == 2
    assert str(figures["coverage, crude, all intervals shown"]).endswith(
        f"of {sum(_shown(row) for row in outcome.details['claims'])}"
    )
    json.dumps(outcome.details, allow_nan=False)


@pytest.mark.parametrize("count", [1, 29, 118, 200, 1000])
def test_a_claims_aim_is_as_wide_as_the_error_of_counting(count: int) -> None:
    assert tolerated(count) == (binom.ppf(0.005, count, 0.93), binom.ppf(0.995, count, 0.97))


def test_the_kept_figures_follow_from_the_kept_counts() -> None:
    path = REPOSITORY / "benchmarks" / "results" / "coverage.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    figures = {figure["name"]: figure for figure in kept["figures"]}
    for figure in of_claims(kept["details"]["claims"]):
        assert figures[figure.name] == asdict(figure)


def _shown(row: dict[str, object]) -> int:
    is_headline = row["period"] == "all" and row["adjustment"] == "crude"
    return int(str(row["intervals"])) if is_headline else 0
