"""Every figure of metric_cost_per_hire but the bootstrap, withheld as its text has it."""

import numpy as np
import pandas as pd

from tests.recalculation.costs import channel_months, cost_lines, hires, lag_months, losses
from tests.recalculation.frames import FLOOR, Period, Records, Z, month, periods, windowed
from tests.recalculation.money import revenue

LONG = ("trailing_12m", "all")
CELL = ["period", "period_start", "channel"]
KEY = ["metric", *CELL, "basis", "timing"]
FIGURES = ["value", "numerator", "denominator", "ci_low", "ci_high", "unknown_hires"]
MONEY = ["loaded", "direct", "excluded_loaded", "excluded_direct"]
PER_HIRE = {
    "cost_per_hire_external_gross": ("gross", False),
    "cost_per_hire_external_net": ("net", False),
    "cost_per_hire_gross": ("gross", False),
    "cost_per_hire_net": ("net", False),
    "cost_per_hire_comparable_gross": ("gross", True),
    "cost_per_hire_comparable_net": ("net", True),
}
EVERYWHERE = ("cost_per_hire_gross", "cost_per_hire_external_gross")


def cost_figures(records: Records) -> pd.DataFrame:
    """One row per figure, period, channel, basis and timing; no internal cost is given."""
    same = _windows(records, "same_month").merge(_incomes(records), on=CELL, how="left")
    late = _windows(records, "lagged")
    found = pd.concat(
        [
            *_per_hire(same, "same_month"),
            *_per_hire(late, "lagged"),
            _with_losses(same),
            _losses(same),
            _cost_ratio(same[same["period"].isin(LONG)]),
            _recruiting_ratio(same),
        ],
        ignore_index=True,
    )
    is_made = (
        (found["channel"] == "all")
        | found["period"].isin(LONG)
        | (
            found["metric"].isin(EVERYWHERE)
            & (found["basis"] == "fully_loaded")
            & (found["timing"] == "same_month")
        )
    )
    return _withheld(found[is_made].reset_index(drop=True))


def _windows(records: Records, timing: str) -> pd.DataFrame:
    """Hires, costs and losses by period and channel, and of all channels together."""
    window = periods(records)
    spent, lag = channel_months(records), 0
    if timing == "lagged":
        lag = lag_months(records)
        spent = _borne(spent, lag)
        first = window[-1].start + pd.DateOffset(months=lag)
        window = [p for p in window if _is_lagged(p, first)]
    given = hires(records)
    given = given.assign(
        gross=given["credit"],
        net=given["credit"].where(~given["is_falloff"], 0),
        unpaid=given["credit"].where(given["first_year_compensation"].isna(), 0),
        compensation=(given["credit"] * given["first_year_compensation"]).fillna(0),
        month=given["hired_month"],
    )
    given["squares"] = given["compensation"] ** 2
    rows = pd.concat([spent, given, losses(records)], ignore_index=True)
    sums = [*MONEY, "gross", "net", "unpaid", "compensation", "squares", "refunds"]
    sums = [*sums, "replacement_work"]
    placed = windowed(rows, "month", window)
    both = pd.concat([placed, placed.assign(channel="all")])
    found = both.groupby(CELL)[sums].sum().reset_index()
    facts = pd.DataFrame(
        [
            (p.name, p.start, p.months, lag, _unconverted(records, p))
            for p in window
        ],
        columns=[*CELL[:2], "months", "lag_months", "unconverted_lines"],
    )  # fmt: skip
    return found.merge(facts, on=CELL[:2])


def _is_lagged(period: Period, first: pd.Timestamp) -> bool:
    is_known = period.name in ("trailing_6m", "trailing_12m") and period.start >= first
    return is_known or period.name == "all"


def _borne(spent: pd.DataFrame, lag: int) -> pd.DataFrame:
    """Each month's spend in equal parts on the ``lag`` months after it."""
    return pd.concat(
        [
            spent.assign(
                month=spent["month"] + pd.DateOffset(months=ahead),
                **{column: spent[column] / lag for column in MONEY},
            )
            for ahead in range(1, lag + 1)
        ]
    )


def _unconverted(records: Records, period: Period) -> int:
    lines = cost_lines(records)
    lost = lines[lines["is_recruiting_cost"] & lines["reporting_amount"].isna()]
    return int(period.holds(lost["document_date"]).sum())


def _incomes(records: Records) -> pd.DataFrame:
    """Net fee revenue by period and channel of the placement; unknown's without a hire."""
    credited = hires(records)[["placement_id", "channel", "credit"]]
    income = revenue(records).merge(credited, on="placement_id", how="left")
    income = income[income["reporting_amount"].notna()].assign(
        channel=lambda i: i["channel"].fillna("unknown"),
        credit=lambda i: i["credit"].fillna(1),
        unit=lambda i: i["placement_id"].fillna(i["document_id"]),
        month=lambda i: month(i["document_date"]),
    )
    income["amount"] = income["reporting_amount"] * income["credit"]
    window = [p for p in periods(records) if p.name in LONG]
    placed = windowed(income, "month", window)
    both = pd.concat([placed, placed.assign(channel="all")])
    each = both.groupby([*CELL, "unit"])["amount"].sum().reset_index()
    each["square"] = each["amount"] ** 2
    return (
        each.groupby(CELL)
        .agg(income=("amount", "sum"), income_squares=("square", "sum"), billed=("unit", "size"))
        .reset_index()
    )


def _ratio(
    rows: pd.DataFrame,
    metric: str,
    numerator: pd.Series,
    denominator: pd.Series,
    log_error: pd.Series,
    n: pd.Series,
    timing: str = "same_month",
    basis: str = "fully_loaded",
) -> pd.DataFrame:
    """A ratio whose denominator is uncertain on the log scale."""
    value = numerator / denominator.where(denominator > 0)
    bounds = [value * np.exp(sign * Z * log_error) for sign in (-1, 1)]
    kept = rows[[*CELL, "months", "lag_months", "unconverted_lines"]]
    return kept.assign(
        metric=metric,
        basis=basis,
        timing=timing,
        value=value,
        numerator=numerator,
        denominator=denominator,
        ci_low=np.minimum(*bounds),
        ci_high=np.maximum(*bounds),
        n=n.round().astype(int),
        unknown_hires=0.0,
    )


def _poisson(count: pd.Series) -> pd.Series:
    return 1 / np.sqrt(count.where(count > 0))


def _per_hire(rows: pd.DataFrame, timing: str) -> list[pd.DataFrame]:
    """External cost is all cost where the agency gives no other."""
    return [
        _ratio(
            rows,
            metric,
            rows[column] - (rows[f"excluded_{column}"] if is_comparable else 0),
            rows[kind],
            _poisson(rows[kind]),
            rows[kind],
            timing,
            basis,
        )
        for metric, (kind, is_comparable) in PER_HIRE.items()
        for basis, column in (("fully_loaded", "loaded"), ("direct", "direct"))
    ]


def _with_losses(rows: pd.DataFrame) -> pd.DataFrame:
    spent = rows["loaded"] + rows["refunds"]
    stayed = rows["net"]
    return _ratio(rows, "cost_per_hire_with_losses_net", spent, stayed, _poisson(stayed), stayed)


def _losses(rows: pd.DataFrame) -> pd.DataFrame:
    lost = rows["refunds"] + rows["replacement_work"]
    gross = rows["gross"]
    return _ratio(rows, "guarantee_losses", lost, gross, _poisson(gross), gross)


def _cost_ratio(rows: pd.DataFrame) -> pd.DataFrame:
    income = rows["income"].fillna(0)
    error = np.sqrt(rows["income_squares"]) / income.where(income > 0)
    billed = rows["billed"].fillna(0)
    return _ratio(rows, "placement_cost_ratio", rows["loaded"], income, error, billed)


def _recruiting_ratio(rows: pd.DataFrame) -> pd.DataFrame:
    pay = rows["compensation"]
    error = np.sqrt(rows["squares"]) / pay.where(pay > 0)
    known = rows["gross"] - rows["unpaid"]
    found = _ratio(rows, "recruiting_cost_ratio", rows["loaded"], pay, error, known)
    for column in ("value", "ci_low", "ci_high"):
        found[column] = 100 * found[column]
    return found.assign(unknown_hires=rows["unpaid"])


def _withheld(found: pd.DataFrame) -> pd.DataFrame:
    """One to four people are withheld, and with them the smallest other channel."""
    keys = [found[c] for c in ("metric", "period", "period_start", "basis", "timing")]
    is_small = found["n"].between(1, FLOOR - 1)
    is_channel = found["channel"] != "all"
    whole = found["n"].where(~is_channel).groupby(keys).transform("max").fillna(0)
    shown = found["n"].where(is_channel & ~is_small, 0).groupby(keys).transform("sum")
    largest = found["n"].where(is_channel & is_small, 0).groupby(keys).transform("max")
    columns = ["metric", "period", "period_start", "basis", "timing"]
    others = found[is_channel & (found["n"] >= FLOOR)].sort_values(["n", "channel"])
    smallest = others.drop_duplicates(columns).index
    is_smallest = pd.Series(found.index.isin(smallest), index=found.index)
    is_revealed = (largest > 0) & (np.maximum(largest, whole - shown) < FLOOR)
    is_out = is_small | (is_smallest & is_revealed)
    for column in FIGURES:
        found[column] = found[column].mask(is_out)
    return found.assign(is_suppressed=is_out)
