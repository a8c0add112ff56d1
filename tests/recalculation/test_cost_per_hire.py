"""metric_cost_per_hire, recalculated from documents, effort and placements."""

import duckdb
import pandas as pd
import pytest

from sandbox.agency.plan import COST_PER_HIRE, COST_UNPLANTED
from tests.recalculation.cost_differences import cost_differences
from tests.recalculation.costs import costs, hires, lag_months, losses
from tests.recalculation.frames import Records, differences
from tests.recalculation.hiring_costs import FIGURES, KEY, cost_figures
from tests.recalculation.money import revenue

pytestmark = pytest.mark.slow

# A line's shares are rounded to the ten-thousandth one by one.
SHARE, CENT = 1.01e-4, 0.005


@pytest.fixture(scope="module")
def own(records: Records) -> pd.DataFrame:
    """All figures of the tenant but the difference."""
    return cost_figures(records)


@pytest.fixture(scope="module")
def mart(records: Records) -> pd.DataFrame:
    """The public mart without the difference."""
    rows = records.table("marts.metric_cost_per_hire")
    return rows[rows["metric"] != "cost_per_hire_difference"]


def test_income_is_posted_documents_at_their_rate(records: Records) -> None:
    lines = revenue(records).rename(columns={"line_id": "revenue_line_id"})
    facts = ["reporting_amount", "amount", "company_id", "placement_id", "document_type"]
    rows = records.table("marts.fct_revenue")
    assert differences(lines, rows, ["revenue_line_id"], facts) == []


def test_shared_cost_is_spread_by_effort(records: Records) -> None:
    rows = records.table("marts.fct_costs")
    key = ["cost_line_id", "channel"]
    facts = ["allocation", "cost_category", "is_recruiting_cost", "is_comparable", "is_internal"]
    assert differences(costs(records), rows, key, [*facts, "document_month"]) == []
    shares = ["amount", "reporting_amount"]
    assert differences(costs(records), rows, key, shares, money=SHARE) == []


def test_shares_add_up_to_their_lines(records: Records) -> None:
    rows = records.table("marts.fct_costs").groupby("cost_line_id")
    assert (rows["amount"].sum() - rows["line_amount"].first()).abs().max() < 1e-9


def test_hires_belong_to_channels_by_credit(records: Records) -> None:
    facts = ["credit", "hired_month", "is_falloff", "first_year_compensation"]
    rows = records.table("credited_hires")
    assert differences(hires(records), rows, ["placement_id", "channel"], facts) == []


def test_guarantees_cost_what_was_returned(records: Records) -> None:
    sums, key = ["refunds", "replacement_work"], ["channel", "month"]
    rows = records.table("guarantee_losses").rename(columns={"counted_month": "month"})
    mart = rows.groupby(key)[sums].sum().reset_index()
    mine = losses(records).groupby(key)[sums].sum().reset_index()
    assert differences(mine, mart, key, sums, money=CENT) == []


def test_spend_comes_the_median_time_to_fill_before(records: Records) -> None:
    assert records.table("cost_lags")["lag_months"].tolist() == [lag_months(records)]


def test_the_same_figures_are_made_and_withheld(own: pd.DataFrame, mart: pd.DataFrame) -> None:
    facts = [
        "n", "is_suppressed", "months", "internal_months", "lag_months", "unconverted_lines",
        "unknown_hires",
    ]  # fmt: skip
    assert differences(own, mart, KEY, facts) == []


def test_figures_agree_to_the_cent(own: pd.DataFrame, mart: pd.DataFrame) -> None:
    assert differences(own, mart, KEY, FIGURES, money=CENT) == []


def test_ratios_agree(own: pd.DataFrame, mart: pd.DataFrame) -> None:
    ratios = ["placement_cost_ratio", "recruiting_cost_ratio"]
    own, mart = (rows[rows["metric"].isin(ratios)] for rows in (own, mart))
    assert differences(own, mart, KEY, ["value", "ci_low", "ci_high"], tolerance=1e-6) == []


def test_withheld_figures_are_blank(mart: pd.DataFrame) -> None:
    assert mart.loc[mart["is_suppressed"], FIGURES].isna().all(axis=None)


def test_the_difference_has_its_bootstrap_interval(records: Records) -> None:
    rows = records.table("marts.metric_cost_per_hire")
    rows = rows[rows["metric"] == "cost_per_hire_difference"]
    figures = ["value", "numerator", "denominator", "ci_low", "ci_high", "n"]
    key = ["period", "period_start"]
    assert not rows["is_suppressed"].any()
    assert differences(cost_differences(records), rows, key, figures, money=CENT) == []


def test_where_nothing_was_planted_channels_cost_alike(
    agencies: duckdb.DuckDBPyConnection,
) -> None:
    rows = Records(agencies, "seed-none").table("marts.metric_cost_per_hire")
    rows = rows[
        (rows["metric"] == "cost_per_hire_external_gross")
        & (rows["period"] == "all")
        & (rows["basis"] == "direct")
        & rows["channel"].isin(list(COST_PER_HIRE))
        & ~rows["is_suppressed"]
        & (rows["denominator"] > 0)
    ]
    found = dict(zip(rows["channel"], rows["numerator"] / rows["denominator"], strict=True))
    assert len(found) >= 4
    assert found == pytest.approx(dict.fromkeys(found, COST_UNPLANTED), rel=0.15)
