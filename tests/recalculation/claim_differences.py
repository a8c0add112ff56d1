"""The difference of two sides and its 95 % interval, by the method that fct_claims states."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from tests.recalculation.frames import Z, wilson

Floats = npt.NDArray[np.float64]
TOO_SMALL = 1e-12


@dataclass(frozen=True)
class Scale:
    """Of what kind an outcome is: its widest difference, and whether shares or rates bound it."""

    widest: float = np.inf
    kind: str = "mean"


def difference(units: pd.DataFrame, scale: Scale, is_stratified: bool) -> dict[str, object]:
    """One row of figures.

    Args:
        units: cluster, person, side ("a" or "b"), stratum, outcome, exposure and events.
        scale: what bounds the outcome.
        is_stratified: whether only units of one stratum are compared.
    """
    a, b = units[units["side"] == "a"], units[units["side"] == "b"]
    figures: dict[str, object] = {
        **{"n_a": a["person"].nunique(), "n_b": b["person"].nunique()},
        **{"events_a": a["events"].sum(min_count=1), "events_b": b["events"].sum(min_count=1)},
    }
    strata = units["stratum"] if is_stratified else pd.Series("all", index=units.index)
    parts = _by_cluster(units.assign(stratum=strata))
    value_a, value_b = _values(parts.sum(axis=0, keepdims=True))
    estimate = float((value_a - value_b)[0])
    left_out = np.subtract(*_values(parts.sum(axis=0, keepdims=True) - parts))
    low, high = _interval(estimate, left_out, a, b, scale)
    return {
        **figures,
        **{"estimate": estimate, "value_a": float(value_a[0]), "value_b": float(value_b[0])},
        **{"ci_low": low, "ci_high": high},
    }


def _by_cluster(units: pd.DataFrame) -> Floats:
    """Sums with the axes cluster, side, stratum, and outcome or exposure."""
    clusters, strata = (pd.factorize(units[name])[0] for name in ("cluster", "stratum"))
    parts = np.zeros((clusters.max() + 1, 2, strata.max() + 1, 2))
    sides = (units["side"] == "b").to_numpy(int)
    for position, name in enumerate(("outcome", "exposure")):
        np.add.at(parts[..., position], (clusters, sides, strata), units[name].to_numpy(float))
    return parts


def _values(sums: Floats) -> tuple[Floats, Floats]:
    """Ratios of both sides over strata that hold both, weighed as in Mantel and Haenszel."""
    sums = np.where(np.abs(sums) < TOO_SMALL, 0, sums)
    a, b = sums[:, 0], sums[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.nan_to_num(a[..., 1] * b[..., 1] / (a[..., 1] + b[..., 1]))
        ratios = [np.nan_to_num(side[..., 0] / side[..., 1]) for side in (a, b)]
        total = weight.sum(axis=1)
        return tuple((weight * ratio).sum(axis=1) / total for ratio in ratios)  # type: ignore[return-value]


def _interval(
    estimate: float, left_out: Floats, a: pd.DataFrame, b: pd.DataFrame, scale: Scale
) -> tuple[float, float]:
    count = len(left_out)
    smaller = min(a["cluster"].nunique(), b["cluster"].nunique())
    if np.isnan(left_out).any() or np.isnan(estimate) or smaller < 2:
        return np.nan, np.nan
    error = np.sqrt((count - 1) / count * np.sum((left_out - estimate) ** 2))
    half = stats.t.ppf(0.975, smaller - 1) * error
    low, high = estimate - half, estimate + half
    if scale.kind != "mean":
        below, above = newcombe(_side(a, scale), _side(b, scale))
        low, high = min(low, estimate - below), max(high, estimate + above)
    return max(low, -scale.widest), min(high, scale.widest)


def _side(units: pd.DataFrame, scale: Scale) -> tuple[float, float, float]:
    """Value and bounds of one side: Wilson's of a share, Byar's of a rate."""
    count, exposure = units["outcome"].sum(), units["exposure"].sum()
    bounds = wilson(count, exposure) if scale.kind == "share" else byar(count, exposure)
    return (count / exposure, *bounds)


def byar(count: float, exposure: float) -> tuple[float, float]:
    """Byar's 95 % interval of a rate of rare events."""
    more = count + 1
    low = count * (1 - 1 / (9 * count) - Z / (3 * np.sqrt(count))) ** 3 if count else 0.0
    high = more * (1 - 1 / (9 * more) + Z / (3 * np.sqrt(more))) ** 3
    return low / exposure, high / exposure


def newcombe(a: tuple[float, float, float], b: tuple[float, float, float]) -> tuple[float, float]:
    """How far the difference of independent units reaches below and above itself."""
    (p, p_low, p_high), (q, q_low, q_high) = a, b
    return float(np.hypot(p - p_low, q_high - q)), float(np.hypot(p_high - p, q - q_low))
