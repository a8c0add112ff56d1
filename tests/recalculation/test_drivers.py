"""metric_drivers, recalculated from the ratings of the answers that NPS counts."""

import pandas as pd
import pytest

from tests.recalculation.drivers import FIGURES, POOLED, drivers
from tests.recalculation.frames import Records, differences
from tests.recalculation.test_nps import SERIES_ERROR

pytestmark = pytest.mark.slow

KEY = ["metric", *POOLED, "driver"]


@pytest.fixture(scope="module")
def own(records: Records) -> pd.DataFrame:
    """All drivers of the tenant."""
    return drivers(records)


def test_drivers_agree(records: Records, own: pd.DataFrame) -> None:
    figures = ["n", "is_suppressed", "value", "numerator", "denominator", "quadrant", "priority"]
    assert differences(own, records.table("marts.metric_drivers"), KEY, figures) == []


def test_intervals_of_correlations_agree(records: Records, own: pd.DataFrame) -> None:
    mart = records.table("marts.metric_drivers")
    mart = mart[mart["metric"] == "driver_importance"]
    own = own[own["metric"] == "driver_importance"]
    assert differences(own, mart, KEY, ["ci_low", "ci_high"]) == []


def test_intervals_of_means_agree_within_the_series(records: Records, own: pd.DataFrame) -> None:
    both = own.merge(records.table("marts.metric_drivers"), on=KEY, suffixes=("_own", "_mart"))
    both = both[both["metric"] == "driver_rating"]
    for bound in ("ci_low", "ci_high"):
        apart = (both[f"{bound}_own"] - both[f"{bound}_mart"]).abs()
        assert (both[f"{bound}_own"].isna() == both[f"{bound}_mart"].isna()).all()
        assert (apart.fillna(0) <= 1e-9 + SERIES_ERROR * both["standard_error"].fillna(0)).all()


def test_withheld_figures_are_blank(records: Records) -> None:
    mart = records.table("marts.metric_drivers")
    blank = [*FIGURES, "quadrant", "priority"]
    assert mart.loc[mart["is_suppressed"], blank].isna().all(axis=None)
