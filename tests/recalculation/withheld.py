"""The floor and its complement, and changes between periods, as the text of metric_nps has them."""

import numpy as np
import pandas as pd

from tests.recalculation.frames import FLOOR, Period
from tests.recalculation.opinions import PERIOD, SMALL_COMPANIES
from tests.recalculation.surveys import SERIES

FIGURES = [
    "value",
    "numerator",
    "denominator",
    "ci_low",
    "ci_high",
    "promoters",
    "detractors",
    "asked",
    "nps_low",
    "nps_late",
    "range_low",
    "range_high",
    "client_book",
    "fpc_ci_low",
    "fpc_ci_high",
]
WIDEST = {"nps": 200, "nps_by_company": 200, "ces": 6}


def withheld(found: pd.DataFrame) -> pd.DataFrame:
    """Figures with ``is_suppressed``.

    Fewer people than the floor; the smallest other cut of the same whole, unless enough different
    people are hidden already; the mean of companies that gives away one or two of them.
    """
    keys = ["metric", *PERIOD, *SERIES]
    is_small, is_cut = found["n"] < FLOOR, found["cut_by"] != "all"
    by_cut = [found[c] for c in (*keys, "cut_by")]
    whole = found["n"].where(~is_cut).groupby([found[c] for c in keys]).transform("max").fillna(0)
    shown = found["n"].where(~is_small, 0).groupby(by_cut).transform("sum")
    largest = found["n"].where(is_small, 0).groupby(by_cut).transform("max")
    ordered = found[~is_small].sort_values(["n", "cut"])
    smallest = ordered.drop_duplicates([*keys, "cut_by"]).index
    is_smallest = pd.Series(found.index.isin(smallest), index=found.index)
    is_revealed = (largest > 0) & (np.maximum(largest, whole - shown) < FLOOR)
    is_out = is_small | (is_cut & is_smallest & is_revealed)
    return found.assign(is_suppressed=is_out | _gives_companies_away(found, is_out))


def _gives_companies_away(found: pd.DataFrame, is_out: pd.Series) -> pd.Series:
    is_company = (found["metric"] == "nps") & (found["cut_by"] == "company")
    hidden = found.loc[is_company & (is_out | (found["cut"] == SMALL_COMPANIES))]
    keys = pd.MultiIndex.from_frame(found[[*PERIOD, *SERIES]])
    is_hidden = keys.isin(pd.MultiIndex.from_frame(hidden[[*PERIOD, *SERIES]]))
    return (found["metric"] == "nps_by_company") & (found["small_companies"] <= 2) & is_hidden


def with_changes(found: pd.DataFrame, window: list[Period]) -> pd.DataFrame:
    """Figures beside those of the period of the same length just before, if both are shown."""
    before = {(p.name, p.start): p.before for p in window if p.name != "all"}
    keys = ["metric", "period", *SERIES, "cut_by", "cut"]
    starts = zip(found["period"], found["period_start"], strict=True)
    found = found.assign(
        start_before=pd.to_datetime([before.get(start, pd.NaT) for start in starts])
    )
    earlier = found.loc[
        ~found["is_suppressed"],
        [*keys, "period_start", "value", "centre", "half_width"],
    ].rename(columns={"period_start": "start_before"})
    both = found.merge(earlier, on=[*keys, "start_before"], how="left", suffixes=("", "_before"))
    half = np.hypot(both["half_width"], both["half_width_before"])
    centre = both["centre"] - both["centre_before"]
    widest = both["metric"].map(WIDEST).fillna(1)
    low, high = np.maximum(-widest, centre - half), np.minimum(widest, centre + half)
    is_null = both["is_suppressed"] | half.isna()
    return both.assign(
        change=(both["value"] - both["value_before"]).mask(is_null),
        change_ci_low=low.mask(is_null),
        change_ci_high=high.mask(is_null),
        is_change=((low > 0) | (high < 0)).astype(object).mask(is_null, None),
    )
