"""What the score goes with: rated questions against the answers that NPS counts."""

import numpy as np
import pandas as pd
from scipy import stats

from tests.recalculation.frames import FLOOR, Records, Z, student_half
from tests.recalculation.opinions import PERIOD, votes

POOLED = [*PERIOD, "audience", "survey_kind", "population"]
DRIVERS = [
    "communication",
    "salary_transparency",
    "feedback_quality",
    "speed",
    "role_fit",
    "understood_needs",
]
QUADRANTS = {
    (True, True): "fix_first",
    (True, False): "keep_up",
    (False, True): "improve_later",
    (False, False): "leave_alone",
}
FIGURES = ["value", "numerator", "denominator", "ci_low", "ci_high"]


def drivers(records: Records) -> pd.DataFrame:
    """Importance and rating of each driver, withheld below the floor, and what to do first."""
    told = votes(records)
    told = told[told["period"].isin(["trailing_12m", "all"])]
    rated = told.melt(
        id_vars=[*POOLED, "respondent_key", "score"],
        value_vars=[f"rating_{driver}" for driver in DRIVERS],
        var_name="driver",
        value_name="rating",
    ).dropna(subset="rating")
    rated["driver"] = rated["driver"].str.removeprefix("rating_")
    rows = [
        {**dict(zip([*POOLED, "driver"], key, strict=True)), **row}
        for key, answers in rated.groupby([*POOLED, "driver"])
        for row in (_importance(answers), _rating(answers))
    ]
    found = pd.DataFrame(rows)
    found["is_suppressed"] = found["n"] < FLOOR
    for column in FIGURES:
        found[column] = found[column].mask(found["is_suppressed"])
    return found.merge(_quadrants(found), on=[*POOLED, "driver"], how="left")


def _importance(answers: pd.DataFrame) -> dict[str, object]:
    """Spearman's correlation; Fisher's interval by the error of Bonett and Wright (2000)."""
    x, y = stats.rankdata(answers["score"]), stats.rankdata(answers["rating"])
    x, y = x - x.mean(), y - y.mean()
    n, product, norm = len(answers), x @ y, np.sqrt((x @ x) * (y @ y))
    r = stats.spearmanr(answers["score"], answers["rating"]).statistic if norm else np.nan
    half = Z * np.sqrt((1 + r**2 / 2) / (n - 3)) if n > 3 else np.nan
    with np.errstate(divide="ignore"):
        centre = np.arctanh(r)
    return {
        "metric": "driver_importance",
        "value": r,
        "numerator": product,
        "denominator": norm,
        "ci_low": np.tanh(centre - half),
        "ci_high": np.tanh(centre + half),
        "n": answers["respondent_key"].nunique(),
        "standard_error": 0.0,
    }


def _rating(answers: pd.DataFrame) -> dict[str, object]:
    rating, n = answers["rating"].astype(float), len(answers)
    half = student_half(pd.Series([rating.std()]), pd.Series([n]))[0]
    return {
        "metric": "driver_rating",
        "value": rating.mean(),
        "numerator": rating.sum(),
        "denominator": n,
        "ci_low": max(1, rating.mean() - half),
        "ci_high": min(5, rating.mean() + half),
        "n": answers["respondent_key"].nunique(),
        "standard_error": rating.std() / np.sqrt(n),
    }


def _quadrants(found: pd.DataFrame) -> pd.DataFrame:
    """Against the means of the drivers that are shown beside."""
    beside = found.pivot(index=[*POOLED, "driver"], columns="metric", values="value").reset_index()
    beside = beside.dropna(subset="driver_importance")
    mean = beside.groupby(POOLED)[["driver_importance", "driver_rating"]].transform("mean")
    is_important = beside["driver_importance"] >= mean["driver_importance"]
    is_low = beside["driver_rating"] < mean["driver_rating"]
    beside["quadrant"] = [QUADRANTS[key] for key in zip(is_important, is_low, strict=True)]
    beside["order"] = beside["quadrant"].map(list(QUADRANTS.values()).index)
    ordered = beside.sort_values(
        [*POOLED, "order", "driver_importance", "driver"],
        ascending=[*[True] * len(POOLED), True, False, True],
    )
    ordered["priority"] = ordered.groupby(POOLED).cumcount() + 1
    return ordered[[*POOLED, "driver", "quadrant", "priority"]]
