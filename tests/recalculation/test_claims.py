"""What was planted is what the claims find, and their figures can be made again by other means."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.stats import t as student

from sandbox.agency import Agency, planted
from tests.recalculation.conftest import SEEDS, Asked

pytestmark = pytest.mark.slow

ROW = (
    "select * from marts.fct_claims where tenant_id = ? and claim = ? and measure = ? "
    "and period = 'all' and adjustment = 'crude'"
)
PLANTED = ("seed-007", "seed-011", "seed-023")


@pytest.fixture(scope="module")
def sizes(generated: dict[str, Agency]) -> dict[tuple[str, str, str], float]:
    """The planted size of each claim whose size follows from plan and truth, by tenant."""
    truths = {tenant: generated[tenant].truth for tenant in PLANTED}
    rate = planted.placement_rate(list(truths.values()))
    found = {}
    for tenant, truth in truths.items():
        found |= {
            (tenant, "referrals_lower_cost_per_hire", "cost_per_hire"): (
                planted.direct_cost_per_hire(truth)
            ),
            (tenant, "referred_candidates_stay_longer", "days_of_first_year"): (
                planted.days_of_first_year()
            ),
            (tenant, "referred_candidates_succeed_more", "placement_rate"): rate,
            (tenant, "feedback_makes_advocates", "nps"): planted.nps_after_rejection(),
            (tenant, "follow_up_wins_back", "next_score"): planted.next_score(truth),
        }
    return found


def test_planted_sizes_lie_within_their_intervals(
    asked: Asked, sizes: dict[tuple[str, str, str], float]
) -> None:
    missed = []
    for key, size in sizes.items():
        (row,) = asked(ROW, *key)
        if not row["ci_low"] <= size <= row["ci_high"]:
            missed.append((key, size, row["ci_low"], row["ci_high"]))
    # Of fifteen intervals of 95 % three or more miss once in thirty times.
    assert len(missed) <= 2, missed


@pytest.mark.parametrize("tenant", PLANTED)
def test_no_planted_claim_is_contradicted(asked: Asked, tenant: str) -> None:
    query = "select claim, measure from marts.fct_claims where tenant_id = ? and verdict = ?"
    assert asked(query, tenant, "contradicted") == []


@pytest.mark.parametrize("tenant", PLANTED)
def test_large_planted_effects_are_supported(asked: Asked, tenant: str) -> None:
    for claim, measure in (
        ("feedback_makes_advocates", "nps"),
        ("referrals_lower_cost_per_hire", "cost_per_hire"),
    ):
        (row,) = asked(ROW, tenant, claim, measure)
        assert row["verdict"] == "supported", row


def test_without_effects_no_more_is_found_than_by_chance(asked: Asked) -> None:
    query = (
        "select claim, measure, verdict from marts.fct_claims where tenant_id = 'seed-none' "
        "and period = 'all' and adjustment = 'crude' and verdict in ('supported', 'contradicted')"
    )
    assert len(asked(query)) <= 1


def test_every_claim_is_answered_for_every_agency(asked: Asked) -> None:
    query = (
        "select period, adjustment, count(*) as claims from marts.fct_claims "
        "where tenant_id = ? group by all order by all"
    )
    expected = [("all", "crude", 12), ("all", "stratified", 11)]
    expected += [("trailing_12m", "crude", 7), ("trailing_12m", "stratified", 6)]
    for tenant in (*PLANTED, "seed-none"):
        assert [tuple(row.values()) for row in asked(query, tenant)] == expected


def test_days_of_the_first_year_are_those_of_metric_placement_retention(asked: Asked) -> None:
    query = (
        "select claims.estimate, claims.ci_low, claims.ci_high, "
        "metrics.value, metrics.ci_low as low, metrics.ci_high as high "
        "from marts.fct_claims as claims "
        "inner join marts.metric_placement_retention as metrics "
        "on claims.tenant_id = metrics.tenant_id and claims.adjustment = metrics.adjustment "
        "where claims.measure = 'days_of_first_year' and claims.period = 'all' "
        "and metrics.metric = 'rmst_difference_365' and metrics.period = 'all' "
        "and metrics.population = 'perm' and metrics.cut_by = 'all' "
        "and not metrics.is_suppressed and not claims.is_suppressed"
    )
    rows = asked(query)
    assert len(rows) == 2 * (len(SEEDS) + 1)
    for row in rows:
        figures = list(row.values())
        assert figures[:3] == figures[3:]


def test_what_clients_did_is_what_metric_client_retention_says(asked: Asked) -> None:
    query = (
        "select claims.value_a, promoters.value, claims.value_b, detractors.value as lost "
        "from marts.fct_claims as claims "
        "inner join marts.metric_client_retention as promoters "
        "on claims.tenant_id = promoters.tenant_id and claims.period = promoters.period "
        "and claims.period_start = promoters.period_start "
        "inner join marts.metric_client_retention as detractors "
        "on claims.tenant_id = detractors.tenant_id and claims.period = detractors.period "
        "and claims.period_start = detractors.period_start "
        "and promoters.metric = detractors.metric "
        "where claims.claim = 'promoting_clients_stay_and_grow' and claims.adjustment = 'crude' "
        "and promoters.metric = case claims.measure when 'retention_12m' then 'logo_retention' "
        "else 'nrr' end and promoters.cut_by = 'nps_band' and detractors.cut_by = 'nps_band' "
        "and promoters.cut = 'promoter' and detractors.cut = 'detractor' "
        "and not promoters.is_suppressed and not detractors.is_suppressed "
        "and not claims.is_suppressed"
    )
    rows = asked(query)
    assert rows
    for row in rows:
        assert row["value_a"] == pytest.approx(row["value"])
        assert row["value_b"] == pytest.approx(row["lost"])


def test_every_jackknife_comes_out_the_same_by_numpy(asked: Asked) -> None:
    units = pd.DataFrame(
        asked(
            "select tenant_id, claim, measure, period, adjustment, stratum, cluster_id, is_side_a, "
            "cast(outcome as double) as outcome, cast(exposure as double) as exposure "
            "from intermediate.claim_units"
        )
    )
    keys = ["tenant_id", "claim", "measure", "period", "adjustment"]
    found = {
        tuple(row[key] for key in keys): row
        for row in asked("select * from intermediate.claim_differences")
    }
    compared = 0
    for key, group in units.groupby(keys):
        estimate, error, freedom = jackknife(group)
        row = found[key]
        assert row["estimate"] == pytest.approx(estimate, nan_ok=True), key
        if row["standard_error"] is None:
            continue
        assert row["standard_error"] == pytest.approx(error, rel=1e-7), key
        if freedom >= 5:
            least = student.ppf(0.975, freedom) * error * 0.999
            assert _is_cut(row) or row["estimate"] - row["ci_low"] >= least, key
        compared += 1
    assert compared > 50


def _is_cut(row: dict[str, Any]) -> bool:
    return row["ci_low"] in (-1.0, -10.0, -200.0)


def jackknife(units: pd.DataFrame) -> tuple[float | None, float, int]:
    """Everything of a cluster left out, the estimate made anew, over and over."""
    clusters = units["cluster_id"].unique()
    estimate = _estimate(units)
    if np.isnan(estimate):
        return None, float("nan"), 0
    left = np.array([_estimate(units[units["cluster_id"] != one]) for one in clusters])
    count = len(clusters)
    error = float(np.sqrt((count - 1) / count * np.sum((left - estimate) ** 2)))
    used = units[units["exposure"] != 0]
    sides = used.groupby("is_side_a")["cluster_id"].nunique()
    return estimate, error, int(sides.min()) - 1


def _estimate(units: pd.DataFrame) -> float:
    if units.empty:
        return float("nan")
    sums = (
        units.groupby(["stratum", "is_side_a"])[["outcome", "exposure"]].sum().unstack(fill_value=0)
    )
    outcome: npt.NDArray[np.float64] = (
        sums["outcome"].reindex(columns=[0, 1], fill_value=0).to_numpy()
    )
    exposure: npt.NDArray[np.float64] = (
        sums["exposure"].reindex(columns=[0, 1], fill_value=0).to_numpy()
    )
    both = (exposure > 0).all(axis=1)
    if not both.any():
        return float("nan")
    outcome, exposure = outcome[both], exposure[both]
    weight = exposure.prod(axis=1) / exposure.sum(axis=1)
    difference = outcome[:, 1] / exposure[:, 1] - outcome[:, 0] / exposure[:, 0]
    return float((weight * difference).sum() / weight.sum())
