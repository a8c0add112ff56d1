"""Semantic layer, metric marts and a calculation of our own say the same, month by month."""

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.conftest import Vouch

pytestmark = pytest.mark.slow

MONTHS = "metric_time__month"


@pytest.fixture(scope="module")
def answered(built: Vouch, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What `vouch metrics query` answers for the agency as a whole, a row per month."""
    metrics = (
        "hires,fall_offs,referred_hires,referral_share,external_recruiting_cost,"
        "external_cost_per_hire,net_fee_revenue"
    )
    return _queried(built, tmp_path_factory, metrics, MONTHS).set_index(MONTHS)


@pytest.fixture(scope="module")
def nps(built: Vouch, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """NPS by month and population, which are never pooled."""
    cut = [f"survey_response__{name}" for name in ("audience", "trigger", "population")]
    found = _queried(built, tmp_path_factory, "nps,survey_answers", ",".join([MONTHS, *cut]))
    return found[found.survey_answers > 0].set_index([MONTHS, *cut])


def _queried(
    built: Vouch, folders: pytest.TempPathFactory, metrics: str, group_by: str
) -> pd.DataFrame:
    path = folders.mktemp("metrics") / "answer.csv"
    done = built(
        "metrics", "query", "--metrics", metrics, "--group-by", group_by, "--csv", str(path)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = pd.read_csv(path)
    found[MONTHS] = pd.to_datetime(found[MONTHS]).dt.date
    return found


def _asked(home: Path, query: str) -> pd.DataFrame:
    # Before the release withholds small months, so that every month is compared.
    database = home / "warehouse.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(query).df()
    found["period_start"] = pd.to_datetime(found["period_start"]).dt.date
    return found


def test_cost_per_hire_is_the_marts(built_home: Path, answered: pd.DataFrame) -> None:
    mart = _asked(
        built_home,
        "select period_start, value, numerator, denominator from marts.metric_cost_per_hire"
        " where metric = 'cost_per_hire_external_gross' and period = 'month' and channel = 'all'"
        " and basis = 'fully_loaded' and timing = 'same_month' and value is not null",
    ).set_index("period_start")
    assert len(mart) > 0
    ours = answered.loc[mart.index]
    assert ours.external_cost_per_hire.tolist() == pytest.approx(mart.value.tolist(), rel=1e-9)
    assert ours.hires.tolist() == mart.denominator.tolist()


def test_nps_is_the_marts(built_home: Path, nps: pd.DataFrame) -> None:
    mart = _asked(
        built_home,
        "select period_start, audience, trigger, population, value, denominator"
        " from marts.metric_nps where metric = 'nps' and period = 'month' and cut_by = 'all'"
        " and value is not null",
    ).set_index(["period_start", "audience", "trigger", "population"])
    assert len(mart) > 10
    ours = nps.loc[mart.index.tolist()]
    assert ours.nps.tolist() == pytest.approx(mart.value.tolist(), abs=1e-9)
    assert ours.survey_answers.tolist() == mart.denominator.tolist()


def test_hires_and_costs_are_those_of_the_rows(built_home: Path, answered: pd.DataFrame) -> None:
    hires = _asked(
        built_home,
        "select start_month as period_start, start_date, is_started, is_falloff, referral_status"
        " from marts.fct_placements",
    )
    hires = hires[hires.is_started]
    counted = hires.groupby("period_start").agg(
        hires=("is_started", "sum"),
        fall_offs=("is_falloff", "sum"),
        referred=("referral_status", lambda said: int((said == "referred").sum())),
    )
    ours = answered.loc[counted.index]
    assert ours.hires.tolist() == counted.hires.tolist()
    assert ours.fall_offs.tolist() == counted.fall_offs.tolist()
    assert ours.referral_share.tolist() == pytest.approx(
        (counted.referred / counted.hires).tolist(), abs=1e-12
    )
    lines = _asked(
        built_home,
        "select document_month as period_start, reporting_amount::double as amount,"
        " is_recruiting_cost and not is_internal and not is_unconverted as counts"
        " from marts.fct_costs",
    )
    spent = lines[lines.counts].groupby("period_start").amount.sum()
    cost = answered.external_recruiting_cost.loc[spent.index]
    assert cost.tolist() == pytest.approx(spent.tolist(), abs=0.005)


def test_net_fees_are_those_of_the_lines(built_home: Path, answered: pd.DataFrame) -> None:
    lines = _asked(
        built_home,
        "select document_month as period_start, coalesce(reporting_amount, 0)::double as amount"
        " from marts.fct_revenue",
    )
    earned = lines.groupby("period_start").amount.sum()
    months = [month for month in earned.index if month <= date(2026, 10, 1)]
    assert answered.net_fee_revenue.loc[months].tolist() == pytest.approx(
        earned.loc[months].tolist(), abs=0.005
    )
