"""The display floor from the rules: who is withheld within one period, what a note must say."""

from collections.abc import Sequence

import pandas as pd

from tests.recalculation.frames import FEW, FLOOR


def withheld(rows: pd.DataFrame, family: Sequence[str], people: str = "n") -> pd.Series:
    """Which rows are withheld: fewer people than the floor, or the one cut that would tell on them.

    Args:
        rows: figures with ``cut`` and ``people``.
        family: the columns that hold together the cuts of one whole.
        people: the column that counts whom a row rests on; nobody is nobody to protect.
    """
    small = rows[people].between(1, FLOOR - 1)
    parts = rows[rows["cut"] != "all"].sort_values([people, "cut"])
    told = parts[people].where(small[parts.index], 0)
    total = told.groupby([parts[name] for name in family], dropna=False).transform("sum")
    others = parts[(parts[people] >= FLOOR) & total.between(1, FLOOR - 1)]
    smallest = others.groupby(list(family), dropna=False).head(1).index
    return small | rows.index.isin(smallest)


def blanked(rows: pd.DataFrame, hidden: pd.Series, figures: Sequence[str]) -> pd.DataFrame:
    """The rows as published: withheld ones without figures."""
    published = rows.assign(is_suppressed=hidden)
    published.loc[hidden, list(figures)] = None
    return published


def lies(mart: pd.DataFrame, figures: Sequence[str], people: str = "n") -> pd.DataFrame:
    """Published rows that show a withheld figure, or whose note does not say what it must."""
    notes = mart["note"].fillna("")
    shows = mart["is_suppressed"] & mart[list(figures)].notna().any(axis=1)
    silent = mart["is_suppressed"] & ~notes.str.startswith("suppressed")
    few = ~mart["is_suppressed"] & mart[people].between(FLOOR, FEW - 1)
    unsaid = few & (notes == "")
    return mart[shows | silent | unsaid]
