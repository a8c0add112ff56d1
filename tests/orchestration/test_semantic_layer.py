"""Semantic layer, metric marts and a calculation of our own say the same, month by month."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from tests.conftest import REPOSITORY, Vouch

pytestmark = pytest.mark.slow

MONTHS = "metric_time__month"
# The day of the build: its own month is not over.
TODAY = date(2026, 11, 1)

Facts = Callable[[str], pd.DataFrame]
Own = Callable[[Facts], pd.Series]


def _cost(metric: str) -> str:
    return (
        f"select period_start as month, value from marts.metric_cost_per_hire where metric ="
        f" '{metric}' and period = 'month' and channel = 'all' and basis = 'fully_loaded' and"
        " timing = 'same_month'"
    )


def _hiring(metric: str) -> str:
    return (
        "select period_start as month, value from marts.metric_hiring"
        f" where metric = '{metric}' and period = 'month' and cut_by = 'all'"
    )


def _clients(metric: str, mart: str) -> str:
    # The layer names twelve months by the last, the mart by the first.
    cut = " and cut_by = 'all'" if mart == "metric_client_retention" else ""
    return (
        "select cast(period_start + interval 11 month as date) as month, value"
        f" from marts.{mart} where metric = '{metric}'{cut}"
    )


# Of metrics of the agency as a whole: the mart's figure by month.
MARTS = {
    "external_cost_per_hire": _cost("cost_per_hire_external_gross"),
    "external_cost_per_net_hire": _cost("cost_per_hire_external_net"),
    "cost_per_hire": _cost("cost_per_hire_gross"),
    "cost_per_net_hire": _cost("cost_per_hire_net"),
    "comparable_cost_per_hire": _cost("cost_per_hire_comparable_gross"),
    "comparable_cost_per_net_hire": _cost("cost_per_hire_comparable_net"),
    "recruiting_cost_ratio": _cost("recruiting_cost_ratio"),
    "referral_share": (
        "select period_start as month, value from marts.metric_referral_share where metric ="
        " 'referral_share' and period = 'month' and attribution_model = 'referral_first'"
    ),
    "placement_rate": _hiring("placement_rate"),
    "interview_to_offer_rate": _hiring("interview_to_offer_rate"),
    "offer_acceptance_rate": _hiring("offer_acceptance_rate"),
    "logo_retention": _clients("logo_retention", "metric_client_retention"),
    "nrr": _clients("nrr", "metric_client_retention"),
    "grr": _clients("grr", "metric_client_retention"),
    "revenue_churn": _clients("revenue_churn", "metric_client_retention"),
    "earned_new_customers": _clients("earned_new_customers", "metric_earned_growth"),
    "earned_growth_rate": _clients("earned_growth_rate", "metric_earned_growth"),
    "total_growth_rate": _clients("total_growth_rate", "metric_earned_growth"),
    "new_clients_from_referrals": (
        "select period_start as month, value from marts.metric_earned_growth"
        " where metric = 'new_clients_from_referrals' and period = 'month'"
    ),
}


def _by_month(rows: pd.DataFrame, day: str, of: pd.Series | int = 1) -> pd.Series:
    month = pd.to_datetime(rows[day]).dt.to_period("M").dt.start_time.dt.date
    ones = of if isinstance(of, pd.Series) else pd.Series(of, index=rows.index)
    return ones.groupby(month).sum()


def _started(facts: Facts) -> pd.DataFrame:
    placements = facts("fct_placements")
    return placements[placements.is_started]


def _hires(facts: Facts) -> pd.Series:
    return _by_month(_started(facts), "start_date")


def _net_hires(facts: Facts) -> pd.Series:
    started = _started(facts)
    return _by_month(started, "start_date", (~started.is_falloff).astype(int))


def _spent(facts: Facts, *, internal: bool = True, comparable: bool = False) -> pd.Series:
    lines = facts("fct_costs")
    lines = lines[lines.is_recruiting_cost & ~lines.is_unconverted]
    lines = lines if internal else lines[lines.component == "external"]
    lines = lines[lines.is_comparable] if comparable else lines
    return _by_month(lines, "document_date", lines.reporting_amount.astype(float))


def _paid(facts: Facts) -> pd.Series:
    started = _started(facts)
    return _by_month(started, "start_date", started.first_year_compensation.astype(float).fillna(0))


def _referred(facts: Facts) -> pd.Series:
    started = _started(facts)
    return _by_month(started, "start_date", (started.referral_status == "referred").astype(int))


def _decided(facts: Facts) -> pd.DataFrame:
    started = _started(facts)
    return started[started.is_guarantee_over]


def _fallen(facts: Facts) -> pd.Series:
    decided = _decided(facts)
    return _by_month(decided, "start_date", decided.is_falloff.astype(int))


def _guaranteed(facts: Facts) -> pd.Series:
    return _by_month(_decided(facts), "start_date")


def _earned(facts: Facts) -> pd.Series:
    lines = facts("fct_revenue")
    return _by_month(lines, "document_date", lines.reporting_amount.astype(float).fillna(0))


def _step(facts: Facts, at: str, reached: str) -> pd.Series:
    taken = facts("fct_applications").dropna(subset=[at])
    return _by_month(taken, at, taken[reached].astype(int)) / _by_month(taken, at)


def _client_sums(facts: Facts) -> pd.DataFrame:
    rows = facts("fct_client_months")
    rows = rows.assign(
        earlier=rows.net_fee_amount_12m_before.astype(float),
        later=rows.net_fee_amount_12m.astype(float),
    )
    old = rows.invoices_12m_before > 0
    gone = old & (rows.invoices_12m == 0)
    new = (rows.status == "new") & (rows.referral_status == "referred")
    columns = {
        "old": old.astype(int),
        "kept": (old & (rows.invoices_12m > 0)).astype(int),
        "before": rows.earlier.where(old, 0),
        "after": rows.later.where(old, 0),
        "capped": rows[["earlier", "later"]].min(axis=1).where(old, 0),
        "lost": rows.earlier.where(gone, 0),
        "referred": rows.later.where(new, 0),
        "all_before": rows.earlier,
        "all_after": rows.later,
    }
    return pd.DataFrame({name: _by_month(rows, "month_start", of) for name, of in columns.items()})


def _of_clients(facts: Facts, formula: str) -> pd.Series:
    return _client_sums(facts).eval(formula)


def _won(facts: Facts) -> pd.Series:
    rows = facts("fct_client_months")
    won = rows[rows.month_start == rows.first_invoice_month]
    referred = (won.referral_status == "referred").astype(int)
    return _by_month(won, "month_start", referred) / _by_month(won, "month_start")


# The same from the released facts, without the layer and without a mart.
OWN: dict[str, Own] = {
    "hires": _hires,
    "net_hires": _net_hires,
    "referral_share": lambda facts: _referred(facts) / _hires(facts),
    "fall_off_rate": lambda facts: _fallen(facts) / _guaranteed(facts),
    "guaranteed_hires": _guaranteed,
    "external_recruiting_cost": lambda facts: _spent(facts, internal=False),
    "recruiting_cost": _spent,
    "net_fee_revenue": _earned,
    "placement_cost_ratio": lambda facts: _spent(facts) / _earned(facts),
    "external_cost_per_hire": lambda facts: _spent(facts, internal=False) / _hires(facts),
    "external_cost_per_net_hire": lambda facts: _spent(facts, internal=False) / _net_hires(facts),
    "cost_per_hire": lambda facts: _spent(facts) / _hires(facts),
    "cost_per_net_hire": lambda facts: _spent(facts) / _net_hires(facts),
    "comparable_cost_per_hire": lambda facts: _spent(facts, comparable=True) / _hires(facts),
    "comparable_cost_per_net_hire": (
        lambda facts: _spent(facts, comparable=True) / _net_hires(facts)
    ),
    "recruiting_cost_ratio": lambda facts: 100 * _spent(facts) / _paid(facts),
    "placement_rate": lambda facts: _step(facts, "applied_at", "is_placed"),
    "interview_to_offer_rate": lambda facts: _step(facts, "interviewed_at", "is_offered"),
    "offer_acceptance_rate": lambda facts: _step(facts, "offered_at", "is_accepted"),
    "logo_retention": lambda facts: _of_clients(facts, "kept / old"),
    "nrr": lambda facts: _of_clients(facts, "after / before"),
    "grr": lambda facts: _of_clients(facts, "capped / before").clip(lower=0),
    "revenue_churn": lambda facts: _of_clients(facts, "lost / before"),
    "earned_new_customers": lambda facts: _of_clients(facts, "referred / before"),
    "earned_growth_rate": lambda facts: _of_clients(facts, "(after + referred - before) / before"),
    "total_growth_rate": lambda facts: _of_clients(facts, "(all_after - all_before) / all_before"),
    "new_clients_from_referrals": _won,
}

# Of surveys, by month, audience, trigger and population, which are never pooled.
CELL = ("audience", "trigger", "population")
# Of each: the entity that it is cut by, and how many months the mart shows at least. The generated
# agency asks about satisfaction seldom, and never about effort.
SURVEYS = {
    "nps": ("survey_response", 10),
    "followed_up_48h": ("survey_response", 5),
    "recovered_share": ("survey_response", 5),
    "csat": ("survey_rating", 0),
    "ces": ("survey_rating", 0),
}


@pytest.fixture(scope="module")
def facts(built_home: Path) -> Facts:
    """Public facts by name, before the release withholds small months of the marts."""
    found: dict[str, pd.DataFrame] = {}

    def read(name: str) -> pd.DataFrame:
        if name not in found:
            found[name] = _asked(built_home, f"select * from marts.{name}")
        return found[name]

    return read


@pytest.fixture(scope="module")
def answered(built: Vouch, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What `vouch metrics query` answers for the agency as a whole, a row per month."""
    metrics = [*OWN, "decided_fall_offs", "fall_offs"]
    found = _queried(built, tmp_path_factory, metrics, [MONTHS]).set_index(MONTHS)
    return found[found.index < TODAY]


@pytest.fixture(scope="module")
def surveyed(built: Vouch, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    """The same of surveys, by the entity that a metric is cut by."""
    found = {}
    for entity in ("survey_response", "survey_rating"):
        metrics = [metric for metric, (cut, _) in SURVEYS.items() if cut == entity]
        cuts = [f"{entity}__{name}" for name in CELL]
        rows = _queried(built, tmp_path_factory, metrics, [MONTHS, *cuts])
        found[entity] = rows.set_index([MONTHS, *cuts])
    return found


def _queried(
    built: Vouch, folders: pytest.TempPathFactory, metrics: list[str], group_by: list[str]
) -> pd.DataFrame:
    path = folders.mktemp("metrics") / "answer.csv"
    asked = ("--metrics", ",".join(metrics), "--group-by", ",".join(group_by))
    done = built("metrics", "query", *asked, "--csv", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    found = pd.read_csv(path)
    found[MONTHS] = pd.to_datetime(found[MONTHS]).dt.date
    return found


def _asked(home: Path, query: str) -> pd.DataFrame:
    database = home / "warehouse.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).df()


def _figures(home: Path, query: str) -> pd.Series:
    found = _asked(home, query)
    found["month"] = pd.to_datetime(found["month"]).dt.date
    keys = [name for name in found.columns if name != "value"]
    figures = found.dropna(subset=["value"]).set_index(keys)["value"]
    return figures[figures.index.get_level_values("month") < TODAY]


@pytest.mark.parametrize("metric", OWN)
def test_the_layer_says_what_the_facts_say(
    facts: Facts, answered: pd.DataFrame, metric: str
) -> None:
    own = OWN[metric](facts).replace([float("inf"), -float("inf")], float("nan")).dropna()
    own = own[own.index < TODAY]
    assert len(own) > 20
    assert answered[metric].loc[own.index].tolist() == pytest.approx(own.tolist(), rel=1e-9)


@pytest.mark.parametrize("metric", MARTS)
def test_the_layer_says_what_the_mart_says(
    built_home: Path, answered: pd.DataFrame, metric: str
) -> None:
    mart = _figures(built_home, MARTS[metric])
    assert len(mart) >= (1 if metric == "new_clients_from_referrals" else 10)
    assert answered[metric].loc[mart.index].tolist() == pytest.approx(mart.tolist(), rel=1e-9)


@pytest.mark.parametrize(
    ("numerator", "denominator", "mart"),
    [
        (
            "decided_fall_offs",
            "guaranteed_hires",
            # The mart never pools permanent and contract placements.
            (
                "select sum(numerator), sum(denominator), min(period_start), null"
                " from marts.metric_placement_retention where metric = 'guarantee_falloff_rate'"
                " and period = 'all' and cut_by = 'all'"
            ),
        ),
        (
            "recruiting_cost",
            "net_fee_revenue",
            (
                "select numerator, denominator, period_start, period_start + interval 1 year"
                " from marts.metric_cost_per_hire where metric = 'placement_cost_ratio'"
                " and period = 'trailing_12m' and channel = 'all'"
                " and period_start <= date '2025-11-01' order by period_start desc limit 1"
            ),
        ),
    ],
)
def test_what_the_mart_has_for_long_periods_only_is_the_sum_of_months(
    built_home: Path, answered: pd.DataFrame, numerator: str, denominator: str, mart: str
) -> None:
    above, below, first, end = _asked(built_home, mart).iloc[0]
    months = answered[answered.index >= first.date()]
    months = months if pd.isna(end) else months[months.index < end.date()]
    assert months[numerator].sum() == pytest.approx(above, rel=1e-9)
    assert months[denominator].sum() == pytest.approx(below, rel=1e-9)


@pytest.mark.parametrize("metric", SURVEYS)
def test_the_layer_says_of_surveys_what_mart_and_answers_say(
    built_home: Path, facts: Facts, surveyed: dict[str, pd.DataFrame], metric: str
) -> None:
    entity, fewest = SURVEYS[metric]
    mart = _figures(
        built_home,
        f"select period_start as month, {', '.join(CELL)}, value from marts.metric_nps"
        f" where metric = '{metric}' and period = 'month' and cut_by = 'all'",
    )
    own = _of_answers(facts, metric)
    layer = surveyed[entity][metric]
    assert len(mart) >= fewest
    keys = mart.index.tolist()
    assert layer.loc[keys].tolist() == pytest.approx(mart.tolist(), abs=1e-9)
    keys = own.index.tolist()
    assert layer.loc[keys].tolist() == pytest.approx(own.tolist(), abs=1e-9)


def test_satisfaction_is_what_the_mart_withholds(
    built_home: Path, surveyed: dict[str, pd.DataFrame]
) -> None:
    """No month has enough ratings to be shown: compared before small groups are withheld."""
    windows = _figures(
        built_home,
        f"select period_start as month, {', '.join(CELL)}, high_count / answers as value"
        " from intermediate.nps_windows"
        " where measure = 'csat' and period = 'month' and cut_by = 'all'",
    )
    assert len(windows) > 10
    layer = surveyed["survey_rating"].csat.loc[windows.index.tolist()]
    assert layer.tolist() == pytest.approx(windows.tolist(), abs=1e-9)


def _of_answers(facts: Facts, metric: str) -> pd.Series:
    """From the answers: who answered several times in a month about one event counts last."""
    if metric in ("csat", "ces"):
        rows = facts("fct_survey_ratings")
        rows = rows[rows.driver == metric].assign(
            value=lambda r: (r.rating >= 4).astype(float) if metric == "csat" else r.rating
        )
    else:
        rows = facts("fct_survey_responses")
        rows = rows.assign(
            value={
                "nps": 100.0 * ((rows.score >= 9).astype(int) - (rows.score <= 6).astype(int)),
                "followed_up_48h": (rows.hours_to_follow_up.fillna(1e9) <= 48).astype(float),
                "recovered_share": (rows.next_score.fillna(0) >= 7).astype(float),
            }[metric]
        )
    rows = rows.assign(
        month=pd.to_datetime(rows.submitted_date).dt.to_period("M").dt.start_time.dt.date
    )
    if metric == "followed_up_48h":
        rows = rows[(rows.score <= 6) & rows.is_follow_up_due.astype("boolean").fillna(False)]
    elif metric == "recovered_share":
        rows = rows[rows.score <= 6]
    else:
        rows = rows[rows.is_counted_in_month]
    rows = rows[rows.month < TODAY]
    return rows.groupby(["month", *CELL]).value.mean()


def test_every_metric_of_the_layer_is_compared() -> None:
    """Whose parts are compared as a ratio need not be compared alone."""
    declared = {
        metric["name"]: metric
        for path in (REPOSITORY / "dbt_project" / "models" / "semantic").glob("*.yml")
        for metric in yaml.safe_load(path.read_text(encoding="utf-8")).get("metrics") or ()
    }
    compared = {*OWN, *SURVEYS}
    for name in tuple(compared):
        given = declared[name]["type_params"]
        parts = [given.get("numerator"), given.get("denominator"), *given.get("metrics", ())]
        compared |= {part for part in parts if part}
    assert declared.keys() - compared == {"fall_offs"}
