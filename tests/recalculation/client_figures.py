"""metric_client_retention and metric_earned_growth written anew."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from tests.recalculation.clients import clients, lines, opinions, window
from tests.recalculation.floor import blanked, withheld
from tests.recalculation.frames import FLOOR, Period, Records, Z, periods, wilson

FIGURES = ("value", "numerator", "denominator", "ci_low", "ci_high")
RETENTION_KEYS = ("metric", "period", "period_start", "cut_by", "cut")
GROWTH_KEYS = ("metric", "period", "period_start")
CUTS = ("all", "referral_status", "nps_band", "understood")


def ratio_interval(
    y: pd.Series, x: pd.Series, low: float, high: float, n: int
) -> tuple[float, float]:
    """Linearised 95 % interval of sum(y) / sum(x) over n units, kept within limits."""
    ratio = y.sum() / x.sum()
    return bounded(ratio, ((y - ratio * x) / x.sum()).to_numpy(float), n, low, high)


def bounded(
    value: float, influence: np.ndarray, n: int, low: float, high: float
) -> tuple[float, float]:
    """Value and normal quantile times the error of the units' influences; none without scatter."""
    error = float(np.sqrt(n / (n - 1) * np.sum(influence**2))) if n > 1 else 0.0
    if error <= 1e-9:
        return np.nan, np.nan
    return max(low, value - Z * error), min(high, value + Z * error)


def windows(records: Records) -> Iterator[Period]:
    """Ended years before which another lies wholly within the billing on record."""
    first = lines(records)["month"].min()
    for period in periods(records):
        if period.name == "trailing_12m" and period.is_finished and period.before >= first:
            yield period


def years(records: Records, period: Period) -> pd.DataFrame:
    """Each client's earlier and later year, with what was known of it before the later began."""
    earlier = window(records, period.before, period.start)
    later = window(records, period.start, period.end)
    both = earlier.join(later, lsuffix="_before", rsuffix="_after")
    both = both.join(clients(records).set_index("company_id"))
    both = both.join(opinions(records, period.start)[["nps_band", "understood"]])
    return both.fillna({"nps_band": "no_answer", "understood": "no_answer"}).assign(all="all")


def client_retention(records: Records) -> pd.DataFrame:
    """The whole mart of one tenant, as published."""
    rows = []
    for period in windows(records):
        book = years(records, period)
        cohort = book[book["invoices_before"] > 0]
        for cut_by in CUTS:
            for cut, part in cohort.groupby(cut_by):
                head = {"period": period.name, "period_start": period.start}
                rows += [{**head, "cut_by": cut_by, "cut": cut, **row} for row in _retained(part)]
    own = pd.DataFrame(rows)
    hidden = withheld(own, ["metric", "period_start", "cut_by"])
    return blanked(own, hidden, [*FIGURES, "clients_without_revenue"])


def _retained(part: pd.DataFrame) -> Iterator[dict[str, object]]:
    n, x, later = len(part), part["revenue_before"], part["revenue_after"]
    stays = part["invoices_after"] > 0
    shared = {
        **{"n": n, "clients_without_revenue": int((x <= 0).sum())},
        "unconverted_lines": int(
            part["unconverted_before"].sum() + part["unconverted_after"].sum()
        ),
    }
    low, high = wilson(stays.sum(), n)
    yield {
        **shared,
        **{"metric": "logo_retention", "value": stays.mean(), "numerator": stays.sum()},
        **{"denominator": n, "ci_low": low, "ci_high": high},
    }
    for metric, y, least, most in (
        ("nrr", later, 0, np.inf),
        ("grr", np.minimum(later, x), 0, 1),
        ("revenue_churn", x.where(~stays, 0), 0, 1),
    ):
        is_ratio = x.sum() > 0
        total = max(y.sum(), 0.0) if metric == "grr" else y.sum()
        value = total / x.sum() if is_ratio else np.nan
        low = high = np.nan
        if is_ratio:
            influence = ((y - y.sum() / x.sum() * x) / x.sum()).to_numpy(float)
            low, high = bounded(value, influence, n, min(least, value), most)
        yield {
            **shared,
            **{"metric": metric, "value": value, "numerator": total, "denominator": x.sum()},
            **{"ci_low": low, "ci_high": high},
        }


def earned_growth(records: Records) -> pd.DataFrame:
    """The whole mart of one tenant, as published."""
    rows = [row for period in periods(records) for row in _new_business(records, period)]
    rows += [row for period in windows(records) for row in _grown(records, period)]
    own = pd.DataFrame(rows)
    figures = [*FIGURES, "range_low", "range_high"]
    return blanked(own, own["n"].between(1, FLOOR - 1), figures)


def _new_business(records: Records, period: Period) -> Iterator[dict[str, object]]:
    known = clients(records)
    new = known[period.holds(known["first_invoice_date"])].set_index("company_id")
    x = window(records, period.start, period.end)["revenue"].reindex(new.index)
    is_referred, is_unknown = (new["referral_status"] == name for name in ("referred", "unknown"))
    head = {"period": period.name, "period_start": period.start, "n": len(new)}
    for metric, weight in (
        ("new_business_from_referrals", x),
        ("new_clients_from_referrals", pd.Series(1.0, index=new.index)),
    ):
        total, yes = weight.sum(), weight[is_referred].sum()
        has = total > 0
        value = yes / total if has else np.nan
        if metric == "new_clients_from_referrals":
            low, high = wilson(yes, total) if has else (np.nan, np.nan)
        else:
            y = weight.where(is_referred, 0)
            low, high = ratio_interval(y, weight, 0, 1, len(new)) if has else (np.nan, np.nan)
        yield {
            **head,
            **{"metric": metric, "value": value, "numerator": yes, "denominator": total},
            **{"ci_low": low, "ci_high": high, "range_low": value},
            "range_high": (yes + weight[is_unknown].sum()) / total if has else np.nan,
        }


def _grown(records: Records, period: Period) -> Iterator[dict[str, object]]:
    book = years(records, period)
    n = int(((book["invoices_before"] > 0) | (book["invoices_after"] > 0)).sum())
    was = book["invoices_before"] > 0
    is_new = period.holds(book["first_invoice_date"])
    later, earlier = book["revenue_after"], book["revenue_before"]
    base = earlier.where(was, 0)
    shares = {}
    for name, ways in (("low", ["referred"]), ("high", ["referred", "unknown"])):
        won = later.where(is_new & book["referral_status"].isin(ways), 0)
        shares[name] = (won, later.where(was, 0) + won - base)
    growth = later - earlier
    head = {"period": period.name, "period_start": period.start, "n": n}

    def row(
        metric: str, of: Callable[[str], pd.Series], x: pd.Series, least: float = -np.inf
    ) -> dict[str, object]:
        y, has = of("low"), x.sum() > 0
        low, high = ratio_interval(y, x, least, np.inf, n) if has else (np.nan, np.nan)
        return {
            **head,
            **{"metric": metric, "numerator": y.sum(), "denominator": x.sum()},
            **{"value": y.sum() / x.sum() if has else np.nan, "ci_low": low, "ci_high": high},
            "range_low": of("low").sum() / x.sum() if has else np.nan,
            "range_high": of("high").sum() / x.sum() if has else np.nan,
        }

    yield row("earned_new_customers", lambda side: shares[side][0], base, 0)
    earned = row("earned_growth_rate", lambda side: shares[side][1], base)
    total = row("total_growth_rate", lambda side: growth, earlier)
    yield earned
    yield total
    yield {**head, **_ratio(earned, total, shares["low"][1], base, growth, earlier, n)}


def _ratio(
    earned: dict[str, object],
    total: dict[str, object],
    gain: pd.Series,
    base: pd.Series,
    growth: pd.Series,
    earlier: pd.Series,
    n: int,
) -> dict[str, object]:
    a, b = float(earned["value"]), float(total["value"])
    ratio = a / b if b > 0 else np.nan
    told = float(total["ci_low"]) > 0
    low = high = np.nan
    if told:
        over = (gain - a * base) / base.sum()
        under = (growth - b * earlier) / earlier.sum()
        influence = ((over - ratio * under) / b).to_numpy(float)
        low, high = bounded(ratio, influence, n, -np.inf, np.inf)
    return {
        **{"metric": "earned_growth_ratio", "value": ratio, "numerator": a, "denominator": b},
        **{"ci_low": low, "ci_high": high, "range_low": ratio},
        "range_high": float(earned["range_high"]) / b if b > 0 else np.nan,
    }
