"""One agency's tables as frames, and what all figures share: periods and intervals.

No figure belongs here, and nothing that reads the SQL of a mart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.agencies import AS_OF
from orchestration import dbt

FLOOR = 5
FEW = 15
Z = float(stats.norm.ppf(0.975))
WINDOWS = {"month": 1, "trailing_3m": 3, "trailing_6m": 6, "trailing_12m": 12}


@dataclass(frozen=True, eq=False)
class Records:
    """The tables of one tenant, each read once."""

    connection: duckdb.DuckDBPyConnection
    tenant: str
    _read: dict[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """``int_jobs``, or ``marts.metric_nps``: the tenant's rows, money as float."""
        if name not in self._read:
            schema, _, table = name.rpartition(".")
            query = f"select * from {schema or 'intermediate'}.{table} where tenant_id = ?"
            self._read[name] = self.connection.execute(query, [self.tenant]).df()
        return self._read[name].copy()

    @cached_property
    def as_of(self) -> pd.Timestamp:
        """The day of the figures; nothing later counts."""
        return pd.Timestamp(AS_OF)


@dataclass(frozen=True)
class Period:
    """A calendar month, a window of months or all of them; ``end`` is the day after."""

    name: str
    start: pd.Timestamp
    end: pd.Timestamp
    is_finished: bool

    def holds(self, dates: pd.Series) -> pd.Series:
        """Which dates fall into it."""
        return (dates >= self.start) & (dates < self.end)

    @property
    def months(self) -> int:
        """How many months it has."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month

    @property
    def before(self) -> pd.Timestamp:
        """Start of the period of the same length just before."""
        return self.start - pd.DateOffset(months=self.months)


def seed(name: str) -> pd.DataFrame:
    """A user-owned seed as text, blanks as empty strings."""
    return pd.read_csv(Path(dbt.PROJECT_DIR) / "seeds" / f"{name}.csv", dtype=str).fillna("")


def month(dates: pd.Series) -> pd.Series:
    """First day of each date's month."""
    return dates.dt.to_period("M").dt.to_timestamp()


def periods_between(first: pd.Timestamp, as_of: pd.Timestamp) -> list[Period]:
    """Every period from the month of ``first``; windows lie wholly within the months on record."""
    months = pd.date_range(first.replace(day=1).normalize(), as_of.replace(day=1), freq="MS")
    after = months[-1] + pd.DateOffset(months=1)
    windows = [
        Period(name, start, end, bool(end <= as_of))
        for name, size in WINDOWS.items()
        for start in months
        if (end := start + pd.DateOffset(months=size)) <= after
    ]
    return [*windows, Period("all", months[0], after, True)]


@cache
def periods(records: Records) -> list[Period]:
    """The tenant's periods: from its first placement, answer, income or cost."""
    placements, lines = records.table("int_placements"), records.table("int_document_lines")
    firsts = (
        placements.loc[placements["is_started"], "start_date"].min(),
        records.table("int_survey_responses")["submitted_at"].min(),
        lines.loc[lines["is_posted"], "document_date"].min(),
    )
    return periods_between(min(day for day in firsts if pd.notna(day)), records.as_of)


def newest(of: Iterable[Period]) -> set[Period]:
    """All time, and of each length of window the last that has ended."""
    ended = [period for period in of if period.is_finished]
    last = {
        period.name: max(other.end for other in ended if other.name == period.name)
        for period in ended
    }
    return {period for period in ended if period.end == last[period.name]}


def wilson(count: pd.Series, total: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The 95 % interval of a share (Wilson 1927)."""
    centre = (count + Z**2 / 2) / (total + Z**2)
    half = Z / (total + Z**2) * np.sqrt(count * (total - count) / total + Z**2 / 4)
    return centre - half, centre + half


def student_half(deviation: pd.Series, n: pd.Series) -> pd.Series:
    """Half the 95 % interval of a mean by Student's t; none for a single value."""
    return stats.t.ppf(0.975, (n - 1).where(n > 1)) * deviation / np.sqrt(n)


def differences(
    own: pd.DataFrame,
    mart: pd.DataFrame,
    keys: Sequence[str],
    figures: Iterable[str],
    tolerance: float = 1e-9,
    money: float = 0.0,
) -> list[str]:
    """Where a mart and its recalculation part: missing rows, rows too many, other figures.

    ``tolerance`` is relative above 1; ``money`` is allowed besides, for rounded sums.
    """
    assert not own.duplicated(list(keys)).any(), "recalculated rows are not unique"
    both = own.merge(mart, on=list(keys), how="outer", suffixes=("_own", "_mart"), indicator=True)
    rows = [
        f"{side}: {tuple(row)}"
        for side, label in (
            ("missing in the mart", "left_only"),
            ("only in the mart", "right_only"),
        )
        for row in both.loc[both["_merge"] == label, list(keys)].itertuples(index=False)
    ]
    matched = both[both["_merge"] == "both"]
    for figure in figures:
        left, right = matched[f"{figure}_own"], matched[f"{figure}_mart"]
        for index in matched.index[~_same(left, right, tolerance, money)]:
            key = tuple(matched.loc[index, list(keys)])
            rows.append(f"{figure} of {key}: own {left[index]!r}, mart {right[index]!r}")
    return rows


def _same(left: pd.Series, right: pd.Series, tolerance: float, money: float) -> np.ndarray:
    blank = (left.isna() & right.isna()).to_numpy()
    if pd.api.types.is_datetime64_any_dtype(right):
        return np.asarray(blank | (left == right).to_numpy())
    try:
        a, b = left.to_numpy(dtype=float), right.to_numpy(dtype=float)
    except (TypeError, ValueError):
        return np.asarray(blank | (left == right).fillna(False).to_numpy(dtype=bool))
    with np.errstate(invalid="ignore"):
        return np.asarray(blank | (np.abs(a - b) <= money + tolerance * np.maximum(1, np.abs(b))))


def windowed(rows: pd.DataFrame, dates: str, window: Sequence[Period]) -> pd.DataFrame:
    """Each row once for every period its date falls into, with ``period`` and ``period_start``."""
    return pd.concat(
        [
            rows[period.holds(rows[dates])].assign(period=period.name, period_start=period.start)
            for period in window
        ],
        ignore_index=True,
    )
