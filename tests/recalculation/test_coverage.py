"""What is recalculated is there: every figure has a value somewhere, every rare case a row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration import dbt
from tests.recalculation.conftest import Asked

pytestmark = pytest.mark.slow

# Metrics without any value, and columns without one under any metric, with the reason.
NEVER: dict[tuple[str, str], str] = {}

RARE = {
    "an offer turned down": "marts.fct_applications where is_offered and not is_accepted "
    "and outcome = 'withdrawn'",
    "an offer still open": "marts.fct_applications where is_offered and not is_accepted "
    "and outcome = 'open'",
    "an acceptance without an offer stage": "marts.fct_applications as a where is_accepted "
    "and not exists (from intermediate.int_stage_events as s "
    "where s.application_id = a.application_id and s.stage_group = 'offer')",
    "a job opened again": "marts.dim_jobs where reopenings > 0",
    "a hire of a job opened again": "intermediate.job_fills where opening_number > 1",
    "a refund from the bank": "marts.fct_revenue where document_type = 'revenue_refund'",
    "a refund that a credit note holds": "intermediate.refunds_in_credit_notes",
    "an effort rated": "marts.fct_survey_ratings where driver = 'ces'",
    "somebody asked who stayed silent": "intermediate.int_survey_invitations "
    "where response_id is null",
}


@pytest.mark.parametrize("case", RARE)
def test_every_rare_case_happens_in_some_agency(asked: Asked, case: str) -> None:
    (row,) = asked(f"select count(*) as cases from {RARE[case]}")
    assert row["cases"] > 0


def test_every_metric_and_figure_has_a_value_somewhere(asked: Asked) -> None:
    empty = {
        (mart, name)
        for mart, key, names, figures in _metric_marts()
        for name in _empty(asked, mart, key, names, figures)
    }
    assert empty == set(NEVER)


def _metric_marts() -> Iterator[tuple[str, str, set[str], list[str]]]:
    """Each public mart of figures: its key, the metrics its YAML allows, its figures."""
    for path in sorted((Path(dbt.PROJECT_DIR) / "models" / "marts").rglob("*.yml")):
        (model,) = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
        rule = model["config"].get("meta", {}).get("suppression")
        if model.get("access") != "public" or rule is None:
            continue
        columns = {column["name"]: column for column in model["columns"]}
        key = "metric" if "metric" in columns else "measure"
        if key in columns:
            figures = [*rule["figures"], *rule.get("counts", [])]
            yield model["name"], key, _allowed(columns[key]), figures


def _allowed(column: dict[str, Any]) -> set[str]:
    tests = [test for test in column.get("data_tests", []) if isinstance(test, dict)]
    return {
        value
        for test in tests
        for value in test.get("accepted_values", {}).get("arguments", {}).get("values", [])
    }


def _empty(asked: Asked, mart: str, key: str, names: set[str], figures: list[str]) -> Iterator[str]:
    value = "estimate" if key == "measure" else "value"
    counted = ", ".join(f'count("{figure}") as "{figure}"' for figure in figures)
    rows = asked(f"select {key} as name, {counted} from marts.{mart} group by all")
    yield from sorted(names - {row["name"] for row in rows})
    yield from (row["name"] for row in rows if not row[value])
    yield from (figure for figure in figures if not any(row[figure] for row in rows))
