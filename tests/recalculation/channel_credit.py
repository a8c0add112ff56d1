"""Every figure of metric_channel_credit and metric_referral_share."""

from functools import cache

import pandas as pd

from tests.recalculation.attribution import MODELS, conversions, credits, paths
from tests.recalculation.costs import channel_months
from tests.recalculation.frames import FLOOR, Records, month, periods, wilson, windowed
from tests.recalculation.journeys import NULL, chain, journeys, removal_effects

CELL = ["period", "period_start", "subject_kind"]
KEY = [*CELL, "channel", "attribution_model"]
FIGURES = [
    "value", "numerator", "denominator", "ci_low", "ci_high", "credit_low", "credit_high",
]  # fmt: skip
MONEY = [
    "credited_revenue", "revenue_low", "revenue_high", "net_fee_amount", "credited_cost",
    "uncredited_cost",
]  # fmt: skip


def channel_credit(records: Records) -> pd.DataFrame:
    """All nine models side by side, withheld as the mart's text has it."""
    each = pd.concat([_split(records), _markov(records)], ignore_index=True)
    sums = ["numerator", "credited_revenue", "credited_cost", "uncredited_cost"]
    windows = _windows(records)
    every = windows.merge(pd.DataFrame({"attribution_model": [*MODELS, "markov"]}), how="cross")
    whole = each.groupby([*CELL, "attribution_model"])[sums].sum().reset_index()
    whole = every.merge(whole, on=[*CELL, "attribution_model"], how="left")
    whole = whole.assign(channel="all", n=whole["denominator"])
    found = pd.concat([each.merge(windows, on=CELL), whole], ignore_index=True)
    found[sums] = found[sums].fillna(0)
    costs = ["credited_cost", "uncredited_cost"]
    found[costs] = found[costs].where(found["subject_kind"] == "candidate")
    return _withheld(_with_ranges(found))


def _with_ranges(found: pd.DataFrame) -> pd.DataFrame:
    """Shares with their interval, and the lowest and highest of the models beside each."""
    total = found["denominator"]
    low, high = wilson(found["numerator"], total.where(total > 0))
    is_channel = found["channel"] != "all"
    found = found.assign(
        value=found["numerator"] / total.where(total > 0),
        ci_low=low.clip(lower=0).where(is_channel),
        ci_high=high.clip(upper=1).where(is_channel),
    )
    models = found.groupby([*CELL, "channel"])
    return found.assign(
        credit_low=models["value"].transform("min"),
        credit_high=models["value"].transform("max"),
        revenue_low=models["credited_revenue"].transform("min"),
        revenue_high=models["credited_revenue"].transform("max"),
    )


@cache
def _made(records: Records) -> pd.DataFrame:
    return windowed(conversions(records), "converted_date", periods(records))


@cache
def _ended(records: Records) -> pd.DataFrame:
    return windowed(journeys(records), "outcome_date", periods(records))


@cache
def _spent(records: Records) -> pd.DataFrame:
    spent = windowed(channel_months(records), "month", periods(records))
    return spent.assign(subject_kind="candidate")


@cache
def _given(records: Records) -> pd.DataFrame:
    given = credits(records)
    given = given.assign(month=month(given["converted_date"]))
    return windowed(given, "converted_date", periods(records))


def _windows(records: Records) -> pd.DataFrame:
    """Conversions, their fee and failed journeys of each kind and period with any, or with cost."""
    made, ended = _made(records), _ended(records)
    found = made.groupby(CELL).agg(
        denominator=("conversion_id", "size"), net_fee_amount=("net_fee_amount", "sum")
    )
    failed = ended[ended["outcome"] == NULL].groupby(CELL).size().rename("failed_journeys")
    paid = _spent(records)[CELL].drop_duplicates().set_index(CELL)
    return found.join(failed, how="outer").join(paid, how="outer").fillna(0).reset_index()


@cache
def _channels(records: Records) -> pd.DataFrame:
    """Channels touched by a conversion, seen on a failed journey or spent on, by period."""
    ended = _ended(records)
    seen = ended[ended["outcome"] == NULL].explode("channels")
    seen = seen.rename(columns={"channels": "channel"})
    rows = [frame[[*CELL, "channel"]] for frame in (_given(records), seen, _spent(records))]
    found = pd.concat(rows).drop_duplicates()
    touched = _given(records).groupby([*CELL, "channel"])["conversion_id"].nunique().rename("n")
    found = found.merge(touched.reset_index(), on=[*CELL, "channel"], how="left")
    return found.assign(n=found["n"].fillna(0))


def _split(records: Records) -> pd.DataFrame:
    """Credit and revenue by channel; cost of the channel's months with and without credit."""
    given, spent = _given(records), _spent(records)
    key = [*CELL, "attribution_model", "channel"]
    sums = given.groupby(key)[["credit", "credited_revenue"]].sum().reset_index()
    active = given.loc[given["credit"] > 0, [*key, "month"]].drop_duplicates()
    models = pd.DataFrame({"attribution_model": list(MODELS)})
    paired = spent.merge(models, how="cross").merge(
        active, on=[*key, "month"], how="left", indicator=True
    )
    is_credited = paired["_merge"] == "both"
    paid = paired.assign(
        credited_cost=paired["loaded"].where(is_credited, 0),
        uncredited_cost=paired["loaded"].where(~is_credited, 0),
    )
    paid = paid.groupby(key)[["credited_cost", "uncredited_cost"]].sum().reset_index()
    every = _channels(records).merge(models, how="cross")
    found = every.merge(sums, on=key, how="left").merge(paid, on=key, how="left")
    return found.rename(columns={"credit": "numerator"}).fillna(0)


def _markov(records: Records) -> pd.DataFrame:
    """Conversions and fee in proportion to removal effects; cost of the whole period."""
    effects = [
        (*key, channel, effect)
        for key, ended in _ended(records).groupby(CELL)
        for channel, effect in removal_effects(chain(ended)).items()
    ]
    found = _channels(records).merge(
        pd.DataFrame(effects, columns=[*CELL, "channel", "effect"]),
        on=[*CELL, "channel"],
        how="left",
    )
    found = found.merge(_windows(records), on=CELL)
    paid = _spent(records).groupby([*CELL, "channel"])["loaded"].sum().reset_index()
    found = found.merge(paid, on=[*CELL, "channel"], how="left").fillna({"loaded": 0, "effect": 0})
    whole = found.groupby(CELL)["effect"].transform("sum")
    share = (found["effect"] / whole.where(whole > 0)).fillna(0)
    # What the solver leaves of an effect of zero is no credit.
    share = share.where(share > 1e-12, 0)
    return found[[*CELL, "channel", "n"]].assign(
        attribution_model="markov",
        numerator=share * found["denominator"],
        credited_revenue=share * found["net_fee_amount"],
        credited_cost=found["loaded"].where(share > 0, 0),
        uncredited_cost=found["loaded"].where(share == 0, 0),
    )


def _withheld(found: pd.DataFrame) -> pd.DataFrame:
    """One to four conversions are withheld, all channels of a withheld whole, and the next."""
    by_window = [found[c] for c in (*CELL, "attribution_model")]
    is_channel = found["channel"] != "all"
    is_small = found["n"].between(1, FLOOR - 1)
    is_whole_out = (is_small & ~is_channel).groupby(by_window).transform("any")
    has_small = (is_small & is_channel).groupby(by_window).transform("any")
    others = found[is_channel & (found["n"] >= FLOOR)].sort_values(["n", "channel"])
    smallest = others.drop_duplicates([*CELL, "attribution_model"]).index
    is_smallest = pd.Series(found.index.isin(smallest), index=found.index)
    is_out = is_small | is_whole_out | (is_smallest & has_small)
    for column in (*FIGURES, *MONEY):
        found[column] = found[column].mask(is_out)
    return found.assign(is_suppressed=is_out)


def referral_share(records: Records) -> pd.DataFrame:
    """The share of conversions credited to a referral, from known to known or unknown."""
    given = credits(records)
    unresolved = paths(records)
    unresolved = set(unresolved.loc[unresolved["evidence"] == "unresolved_text", "touchpoint_id"])
    is_unknown = (given["channel"] == "unknown") | given["touchpoint_id"].isin(unresolved)
    given = given.assign(
        known=given["credit"].where(given["is_referral"], 0),
        unknown=given["credit"].where(is_unknown & ~given["is_referral"], 0),
    )
    window = windowed(given, "converted_date", periods(records))
    found = (
        window.groupby([*CELL, "attribution_model"], observed=True)
        .agg(
            numerator=("known", "sum"),
            unknown=("unknown", "sum"),
            denominator=("credit", "sum"),
            n=("conversion_id", "nunique"),
        )
        .reset_index()
    )
    low, high = wilson(found["numerator"], found["denominator"])
    is_out = found["n"] < FLOOR
    share = found["numerator"] / found["denominator"]
    figures = {
        "value": share,
        "numerator": found["numerator"],
        "denominator": found["denominator"],
        "ci_low": low.clip(lower=0),
        "ci_high": high.clip(upper=1),
        "share_low": share,
        "share_high": (found["numerator"] + found["unknown"]) / found["denominator"],
    }
    names = {"candidate": "referral_share", "client": "referral_share_new_clients"}
    return found.assign(
        metric=found["subject_kind"].map(names),
        is_suppressed=is_out,
        **{name: figure.mask(is_out) for name, figure in figures.items()},
    )
