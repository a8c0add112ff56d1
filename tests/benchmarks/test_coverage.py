"""The benchmark of coverage counts intervals that hold zero, whatever there is too little of."""

import json
from pathlib import Path

import pytest

from benchmarks.coverage import measure


@pytest.mark.slow
def test_coverage_is_measured_on_agencies_too_small_for_any_verdict(tmp_path: Path) -> None:
    outcome = measure(tmp_path, agencies=2, scale="tiny")
    figures = {figure.name: figure.value for figure in outcome.figures}
    assert figures["agencies"] == 2
    assert str(figures["coverage, crude, all intervals shown"]).endswith(
        f"of {sum(_shown(row) for row in outcome.details['claims'])}"
    )
    json.dumps(outcome.details, allow_nan=False)


def _shown(row: dict[str, object]) -> int:
    is_headline = row["period"] == "all" and row["adjustment"] == "crude"
    return int(str(row["intervals"])) if is_headline else 0
