"""Retention in SQL is that of lifelines, and of sums by hand, on random and extreme placements."""

import random
from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test
from lifelines.utils import restricted_mean_survival_time
from retention_sql import Placed, RetentionSql
from scipy import stats

HORIZONS = (30, 90, 180, 365)
SUMMARIES = (
    "select * from intermediate.placement_survival_summaries"
    " where period = 'all' and stratum = 'all' and population = 'perm'"
)
METRIC = "select * from marts.metric_placement_retention where period = 'all'"
COMPARISONS = "select * from intermediate.placement_comparisons where period = 'all'"


@pytest.fixture(scope="session")
def retention(tmp_path_factory: pytest.TempPathFactory) -> RetentionSql:
    return RetentionSql(tmp_path_factory.mktemp("retention"))


def drawn(seed: int, tenant: str) -> list[Placed]:
    """Random placements with ties, zero durations and censoring, each tenant in its own way."""
    dice = random.Random(seed)
    longest = dice.choice([3, 40, 400, 900])
    leaving = dice.choice([0.0, 0.1, 0.5, 0.9, 1.0])
    return [
        Placed(
            duration=dice.choice([0, dice.randint(0, longest), dice.randint(0, longest)]),
            has_left=dice.random() < leaving,
            referral=dice.choice(["referred", "not_referred"]),
            family=dice.choice(["data", "finance"]),
            tenant=tenant,
        )
        for _ in range(dice.choice([1, 2, 7, 60, 400]))
    ]


AGENCIES = {f"agency {seed:03}": drawn(seed, f"agency {seed:03}") for seed in range(120)} | {
    "all censored": [Placed(d, False, tenant="all censored") for d in (0, 5, 5, 400)],
    "everybody left": [Placed(d, True, tenant="everybody left") for d in (0, 5, 5, 200)],
    "one who stays": [Placed(500, False, tenant="one who stays")],
    "one who left": [Placed(100, True, tenant="one who left")],
    "one on day 0": [Placed(0, True, tenant="one on day 0")],
    "leaving on day 365": [
        *[Placed(365, True, tenant="leaving on day 365")] * 3,
        *[Placed(365, False, tenant="leaving on day 365")] * 2,
        Placed(366, True, tenant="leaving on day 365"),
    ],
}


@pytest.fixture(scope="session")
def summaries(retention: RetentionSql) -> pd.DataFrame:
    everybody = [each for placed in AGENCIES.values() for each in placed]
    found = retention.built(everybody, SUMMARIES + " and cut_by = 'all'")
    return found.set_index("tenant_id")


@pytest.fixture(scope="session")
def comparisons(retention: RetentionSql) -> pd.DataFrame:
    everybody = [each for placed in AGENCIES.values() for each in placed]
    found = retention.built(everybody, COMPARISONS + " and cut_by = 'all'")
    return found.set_index(["tenant_id", "adjustment"])


def fitted(placed: Sequence[Placed]) -> KaplanMeierFitter:
    """lifelines' estimate of the same placements, whatever happens after day 365 unseen."""
    times, left = truncated(placed)
    return KaplanMeierFitter().fit(times, left, alpha=0.05)


def truncated(placed: Sequence[Placed]) -> tuple[np.ndarray, np.ndarray]:
    durations = np.array([each.duration for each in placed])
    left = np.array([each.has_left for each in placed]) & (durations <= 365)
    return np.minimum(durations, 365), left


def reaches(placed: Sequence[Placed], day: int) -> bool:
    """Whether anybody was followed to the day, or nobody was left to be followed."""
    times, left = truncated(placed)
    return bool(times.max() >= day or left[times == times.max()].all())


@pytest.mark.parametrize("agency", AGENCIES)
def test_survival_is_that_of_lifelines(summaries: pd.DataFrame, agency: str) -> None:
    placed = AGENCIES[agency]
    found, model = summaries.loc[agency], fitted(placed)
    times, left = truncated(placed)
    for day in HORIZONS:
        assert found[f"at_risk_{day}"] == (times >= day).sum()
        assert found[f"leavers_{day}"] == (left & (times <= day)).sum()
        if reaches(placed, day):
            expected = model.predict(day)
            assert found[f"survival_{day}"] == pytest.approx(expected, rel=1e-12, abs=1e-15)
        else:
            assert np.isnan(found[f"survival_{day}"])


@pytest.mark.parametrize("agency", AGENCIES)
def test_the_restricted_mean_is_that_of_lifelines(summaries: pd.DataFrame, agency: str) -> None:
    placed = AGENCIES[agency]
    if not reaches(placed, 365):
        assert np.isnan(summaries.loc[agency, "rmst"])
        return
    expected = restricted_mean_survival_time(fitted(placed), t=365)
    assert summaries.loc[agency, "rmst"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("agency", AGENCIES)
def test_the_variance_of_the_mean_is_greenwoods(summaries: pd.DataFrame, agency: str) -> None:
    times, left = truncated(AGENCIES[agency])
    survival, grid = 1.0, np.ones(366)
    terms: list[tuple[int, float]] = []
    for day in range(366):
        at_risk, gone = (times >= day).sum(), (left & (times == day)).sum()
        if gone:
            survival *= 1 - gone / at_risk
        if gone and gone < at_risk:
            terms.append((day, gone / (at_risk * (at_risk - gone))))
        grid[day] = survival
    expected = sum(grid[day:365].sum() ** 2 * term for day, term in terms)
    assert summaries.loc[agency, "rmst_variance"] == pytest.approx(expected, rel=1e-10, abs=1e-12)


def test_the_interval_is_greenwoods_on_the_log_log_scale(retention: RetentionSql) -> None:
    placed = [each for agency in AGENCIES.values() for each in agency]
    found = retention.built(
        placed,
        "select * from marts.metric_placement_retention where metric like 'retention_%'"
        " and period = 'all' and cut_by = 'all'",
    )
    seen = 0
    for row in found.itertuples():
        members = AGENCIES[row.tenant_id]
        assert row.is_suppressed == (len(members) < 5)
        if row.is_suppressed:
            assert pd.isna([row.value, row.ci_low, row.ci_high, row.leavers]).all()
            continue
        if pd.isna(row.value):
            assert "nobody was followed" in row.note
            continue
        day = int(row.metric.removeprefix("retention_").removesuffix("d"))
        if row.value in (0.0, 1.0):
            assert pd.isna([row.ci_low, row.ci_high]).all()
            continue
        bounds = fitted(members).confidence_interval_
        last = bounds[bounds.index <= day].iloc[-1]
        assert row.ci_low == pytest.approx(last.iloc[0], rel=1e-12)
        assert row.ci_high == pytest.approx(last.iloc[1], rel=1e-12)
        assert 0 <= row.ci_low <= row.value <= row.ci_high <= 1
        seen += 1
    assert seen > 100


@pytest.mark.parametrize("agency", AGENCIES)
def test_the_logrank_test_is_that_of_lifelines(comparisons: pd.DataFrame, agency: str) -> None:
    sides = {side: [p for p in AGENCIES[agency] if p.referral == side] for side in SIDES}
    if not all(sides.values()):
        assert agency not in comparisons.index.get_level_values(0)
        return
    found = comparisons.loc[(agency, "crude")]
    (t1, e1), (t0, e0) = (truncated(sides[side]) for side in SIDES)
    expected = logrank_test(t1, t0, e1, e0)
    if np.isnan(found.logrank_chi2):
        assert np.isnan(expected.test_statistic) or expected.test_statistic == 0
        return
    assert found.logrank_chi2 == pytest.approx(expected.test_statistic, rel=1e-9, abs=1e-12)
    assert found.logrank_p == pytest.approx(expected.p_value, rel=1e-9)


SIDES = ("referred", "not_referred")


def logrank_terms(sides: dict[str, list[Placed]]) -> tuple[float, float]:
    """Excess of referred leavers and its variance, day by day from SciPy's distribution."""
    (t1, e1), (t0, e0) = (truncated(sides[side]) for side in SIDES)
    excess = variance = 0.0
    for day in sorted({*t1[e1], *t0[e0]}):
        n1, n0 = (t1 >= day).sum(), (t0 >= day).sum()
        d1, d0 = (e1 & (t1 == day)).sum(), (e0 & (t0 == day)).sum()
        draw = stats.hypergeom(n1 + n0, n1, d1 + d0)
        excess += d1 - draw.mean()
        variance += draw.var() if n1 + n0 > 1 else 0.0
    return excess, variance


@pytest.mark.parametrize("agency", AGENCIES)
def test_the_stratified_logrank_sums_over_strata(comparisons: pd.DataFrame, agency: str) -> None:
    if (agency, "stratified") not in comparisons.index:
        return
    terms = []
    for family in ("data", "finance"):
        members = [each for each in AGENCIES[agency] if each.family == family]
        sides = {side: [p for p in members if p.referral == side] for side in SIDES}
        if all(sides.values()):
            terms.append(logrank_terms(sides))
    excess, variance = np.array(terms or [(0.0, 0.0)]).sum(axis=0)
    found = comparisons.loc[(agency, "stratified")]
    if variance < 1e-12:
        assert np.isnan(found.logrank_chi2)
        return
    assert found.logrank_excess == pytest.approx(excess, abs=1e-10)
    assert found.logrank_chi2 == pytest.approx(excess**2 / variance, rel=1e-9, abs=1e-12)


def test_without_censoring_strata_compare_mean_days(retention: RetentionSql) -> None:
    dice = random.Random(5)
    placed = [
        Placed(dice.randint(0, 700), True, referral=side, family=family)
        for side, family in product(SIDES, ("data", "finance", "care"))
        for _ in range(dice.randint(1, 30))
    ]
    placed.append(Placed(10, True, referral="referred", family="lonely"))
    frame = pd.DataFrame([each.__dict__ for each in placed])
    frame["days"] = frame.duration.clip(upper=365)
    groups = frame.groupby(["family", "referral"]).days.agg(["mean", "count"]).unstack()
    n1, n0 = groups["count"]["referred"], groups["count"]["not_referred"]
    both = n0.notna()
    weight = (n1 * n0 / (n1 + n0))[both]
    difference = (groups["mean"]["referred"] - groups["mean"]["not_referred"])[both]
    inner = frame.days - frame.groupby(["family", "referral"]).days.transform("mean")
    variances = {}
    for side in SIDES:
        of_side = frame.referral == side
        freedom = of_side.sum() - frame[of_side].family.nunique()
        variances[side] = (inner[of_side] ** 2).sum() / freedom
    variance = variances["referred"] / n1[both] + variances["not_referred"] / n0[both]
    found = retention.built(placed, COMPARISONS + " and adjustment = 'stratified'").iloc[0]
    assert found.rmst_difference == pytest.approx((weight * difference).sum() / weight.sum())
    expected = np.sqrt((weight**2 * variance).sum()) / weight.sum()
    assert found.rmst_difference_se == pytest.approx(expected, rel=1e-9)
    assert (found.strata, found.n_compared) == (3, len(placed) - 1)


def test_pseudo_values_are_what_the_jackknife_leaves_out(retention: RetentionSql) -> None:
    dice = random.Random(3)
    placed = [Placed(dice.randint(0, 600), dice.random() < 0.5) for _ in range(4000)]
    table = retention.built(
        placed,
        "select * from intermediate.placement_life_tables where period = 'all' and cut_by = 'all'"
        " order by day",
    ).set_index("day")
    times, left = truncated(placed)
    whole = restricted_mean_survival_time(KaplanMeierFitter().fit(times, left), t=365)
    for chosen in (0, 17, 900, 2500):
        others = np.arange(len(placed)) != chosen
        without = KaplanMeierFitter().fit(times[others], left[others])
        jackknife = len(placed) * whole - (len(placed) - 1) * restricted_mean_survival_time(
            without, t=365
        )
        column = "leaver_influence" if left[chosen] else "stayer_influence"
        found = whole + len(placed) * table.loc[times[chosen], column]
        assert found == pytest.approx(jackknife, rel=2e-3)


def test_a_side_that_nobody_left_has_no_error_rather_than_none_at_all(
    retention: RetentionSql,
) -> None:
    """Ten referred who all stay must not borrow the others' error for a narrow interval."""
    placed = [
        *[Placed(400, False, referral="referred")] * 10,
        *[Placed(day, day < 365) for day in (50, 100, 150, 400, 400, 400, 400, 400, 400, 400)],
    ]
    found = retention.built(placed, METRIC + " and metric like 'rmst%' and cut_by <> 'recruiter'")
    differences = found[found.metric == "rmst_difference_365"]
    assert differences.value.tolist() == pytest.approx([79.5, 79.5])
    assert differences[["standard_error", "ci_low", "ci_high"]].isna().all(axis=None)
    referred = found[(found.metric == "rmst_365") & (found["cut"] == "referred")].iloc[0]
    assert referred.value == 365
    assert referred[["standard_error", "ci_low", "ci_high"]].isna().all()


def test_a_curve_that_ends_early_has_no_mean_and_nothing_about_it(retention: RetentionSql) -> None:
    """Without a mean there is no error and no interval; the log-rank test still has its strata."""
    placed = [
        Placed(day, day < 90, referral=side)
        for side in ("referred", "not_referred")
        for day in (20, 40, 60, 90, 90, 90)
    ]
    found = retention.built(placed, METRIC)
    means = found[found.metric.isin(["rmst_365", "rmst_difference_365"])]
    assert len(means) > 3
    assert means[["value", "standard_error", "ci_low", "ci_high"]].isna().all(axis=None)
    logrank = found[(found.metric == "logrank_365") & (found.adjustment == "stratified")].iloc[0]
    assert (logrank.value, logrank.strata, logrank.n_compared) == (0, 1, 12)


def test_fewer_than_five_people_are_withheld_and_the_group_that_would_tell(
    retention: RetentionSql,
) -> None:
    placed = [
        *[Placed(100, True, family="small")] * 4,
        *[Placed(400, False, family="middle")] * 7,
        *[Placed(400, False, family="large")] * 20,
    ]
    found = retention.built(
        placed,
        "select cut, is_suppressed, value, leavers, note from marts.metric_placement_retention"
        " where metric = 'retention_90d' and period = 'all' and cut_by = 'job_family'",
    ).set_index("cut")
    assert found.is_suppressed.to_dict() == {"large": False, "middle": True, "small": True}
    assert found.value.isna().to_dict() == found.is_suppressed.to_dict()
    assert found.note["middle"] == "suppressed: would reveal another cut"


def test_the_floor_counts_people_and_not_placements(retention: RetentionSql) -> None:
    placed = [Placed(400, False, person="always the same")] * 20
    found = retention.built(
        placed, "select distinct n, people, is_suppressed from marts.metric_placement_retention"
    )
    assert found.values.tolist() == [[20, 1, True]]


def test_few_unknown_referrals_count_as_not_referred_by_name(retention: RetentionSql) -> None:
    placed = [
        *[Placed(400, False, referral="referred", referrer="referrer_placed")] * 9,
        *[Placed(400, False)] * 9,
        *[Placed(20, True, referral="unknown")] * 4,
    ]
    query = (
        "select cut_by, cut, n, is_suppressed from marts.metric_placement_retention"
        " where metric = 'retention_30d' and period = 'all' and cut_by like '%status' order by all"
    )
    few = retention.built(placed, query).values.tolist()
    assert few == [
        ["referral_status", "not_referred_or_unknown", 13, False],
        ["referral_status", "referred", 9, False],
        ["referrer_status", "not_referred_or_unknown", 13, False],
        ["referrer_status", "referrer_placed", 9, False],
    ]
    enough = retention.built([*placed, Placed(20, True, referral="unknown")], query)
    assert set(enough.cut) == {"referred", "not_referred", "unknown", "referrer_placed"}
    assert not enough.is_suppressed.any()


def test_a_comparison_names_its_referrers(retention: RetentionSql) -> None:
    placed = [
        *[Placed(400, False, referral="referred", referrer="referrer_placed")] * 6,
        *[Placed(50, True, referral="referred", referrer="referrer_left")] * 6,
        *[Placed(150, True)] * 10,
    ]
    found = retention.built(
        placed,
        "select cut, value, n_referred, n_not_referred from marts.metric_placement_retention"
        " where metric = 'rmst_difference_365' and adjustment = 'crude' and period = 'all'"
        " order by all",
    )
    assert found.values.tolist() == [
        ["all", (6 * 365 + 6 * 50) / 12 - 150, 12, 10],
        ["referrer_left", 50.0 - 150.0, 6, 10],
        ["referrer_placed", 365.0 - 150.0, 6, 10],
    ]


def test_running_guarantees_are_no_proof_of_anything(retention: RetentionSql) -> None:
    placed = [
        *[Placed(400, False, is_guarantee_over=True)] * 9,
        Placed(20, True, is_guarantee_over=True, is_falloff=True),
        *[Placed(5, True, is_guarantee_running=True, is_falloff=True)] * 3,
        *[Placed(20, False, is_guarantee_running=True)] * 8,
        *[Placed(400, False)] * 5,
    ]
    found = retention.built(
        placed,
        "select value, numerator, denominator, n, left_out from marts.metric_placement_retention"
        " where metric = 'guarantee_falloff_rate' and period = 'all' and cut_by = 'all'",
    )
    assert found.values.tolist() == [[0.1, 1.0, 10.0, 10, 11]]


def test_a_placement_that_ended_on_an_unknown_day_is_counted_and_widens(
    retention: RetentionSql,
) -> None:
    placed = [
        *[Placed(400, False, is_guarantee_over=True)] * 19,
        Placed(None, False, is_guarantee_over=True),
    ]
    found = retention.built(
        placed,
        "select metric, n, left_out, share_low, share_high, note"
        " from marts.metric_placement_retention where period = 'all' and cut_by = 'all'"
        " and metric in ('retention_30d', 'guarantee_falloff_rate') order by 1",
    )
    falloffs, retained = found.itertuples(index=False)
    assert (falloffs.n, falloffs.share_low, falloffs.share_high) == (20, 0.0, 0.05)
    assert falloffs.note.startswith("range share_low to share_high")
    assert (retained.n, retained.left_out) == (19, 1)


ROWS = st.lists(
    st.builds(
        Placed,
        duration=st.integers(0, 500) | st.sampled_from([0, 30, 365]),
        has_left=st.booleans(),
        referral=st.sampled_from(["referred", "not_referred", "unknown"]),
        family=st.sampled_from(["data", "finance"]),
    ),
    min_size=1,
    max_size=25,
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(placed=ROWS, order=st.randoms(use_true_random=False))
def test_order_changes_nothing_and_survival_only_falls(
    retention: RetentionSql, placed: list[Placed], order: random.Random
) -> None:
    everything = (
        "select * from marts.metric_placement_retention order by metric, period, population,"
        " cut_by, cut, adjustment"
    )
    shuffled = [*placed]
    order.shuffle(shuffled)
    first = retention.built(placed, everything)
    pd.testing.assert_frame_equal(first, retention.built(shuffled, everything), check_exact=True)
    keys = ["cut_by", "cut"]
    curves = first[first.metric.str.match("retention_") & ~first.is_suppressed]
    curves = curves[curves.period == "all"].pivot(index=keys, columns="metric", values="value")
    curves = curves.reindex(columns=[f"retention_{day}d" for day in HORIZONS])
    assert curves.stack().between(0, 1).all()
    assert not (curves.diff(axis=1) > 0).any(axis=None)


def test_an_agency_gets_beside_others_what_it_gets_alone(retention: RetentionSql) -> None:
    names = list(AGENCIES)[:6]
    query = (
        "select * from marts.metric_placement_retention where tenant_id = '{}'"
        " order by metric, period, population, cut_by, cut, adjustment"
    )
    together = [each for name in names for each in AGENCIES[name]]
    for name in names:
        pd.testing.assert_frame_equal(
            retention.built(AGENCIES[name], query.format(name)),
            retention.built(together, query.format(name)),
            check_exact=True,
        )


def test_two_curves_by_pencil(retention: RetentionSql) -> None:
    """docs/metrics/retention.md, "Ten placements and two curves"."""
    referred = [(50, False), (100, True), (400, False), (400, False), (400, False)]
    others = [(0, True), (100, True), (100, True), (100, False), (400, False)]
    placed = [
        *[Placed(*each, referral="referred") for each in referred],
        *[Placed(*each, referral="not_referred") for each in others],
    ]
    found = retention.built(
        placed,
        "select * from marts.metric_placement_retention where period = 'all'"
        " and cut_by in ('all', 'referral_status') and adjustment = 'crude'",
    ).set_index(["metric", "cut"])
    value = found["value"]
    for day, one, other in ((30, 1, 0.8), (90, 1, 0.8), (180, 0.75, 0.4), (365, 0.75, 0.4)):
        assert value[f"retention_{day}d", "referred"] == pytest.approx(one, rel=1e-12)
        assert value[f"retention_{day}d", "not_referred"] == pytest.approx(other, rel=1e-12)
    curve = found.loc[("retention_180d", "not_referred")]
    assert [curve.ci_low, curve.ci_high] == pytest.approx([0.0520, 0.7528], abs=1e-4)
    assert value["rmst_365", "referred"] == pytest.approx(298.75, rel=1e-12)
    assert value["rmst_365", "not_referred"] == pytest.approx(186.0, rel=1e-12)
    difference = found.loc[("rmst_difference_365", "all")]
    assert difference.value == pytest.approx(112.75, rel=1e-12)
    assert difference.standard_error == pytest.approx(np.sqrt(198.75**2 / 12 + 4538.8), rel=1e-12)
    assert [difference.ci_low, difference.ci_high] == pytest.approx([-60.7, 286.2], abs=0.05)
    logrank = found.loc[("logrank_365", "all")]
    assert logrank.value == pytest.approx(1 / (0.25 + 15 / 28), rel=1e-12)
    assert logrank.p_value == pytest.approx(0.2593, abs=1e-4)


def test_strata_by_pencil(retention: RetentionSql) -> None:
    """docs/metrics/retention.md, "Within job families"."""
    days = {
        ("referred", "data"): [100, 200],
        ("not_referred", "data"): [50, 150],
        ("referred", "finance"): [300] * 4,
        ("not_referred", "finance"): [100],
        ("not_referred", "care"): [10, 20],
    }
    placed = [
        Placed(day, True, referral=side, family=family)
        for (side, family), each in days.items()
        for day in each
    ]
    found = retention.built(placed, COMPARISONS + " and adjustment = 'stratified'").iloc[0]
    assert found.rmst_difference == pytest.approx(210 / 1.8, rel=1e-12)
    assert found.rmst_difference_se == pytest.approx(33.8, abs=0.05)
    assert (found.strata, found.n_compared) == (2, 9)
