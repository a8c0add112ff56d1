"""metric_drivers, recalculated from the ratings of the answers that NPS counts."""

import pandas as pd
import pytest

from tests.recalculation.drivers import FIGURES, POOLED, drivers
from tests.recalculation.frames import Records, differences
from tests.recalculation.test_nps import STUDENT

pytestmark = pytest.mark.slow

KEY = ["metric", *POOLED, "driver"]


@pytest.fixture(scope="module")
def own(records: Records) -> pd.DataFrame:
    """All drivers of the tenant."""
    return drivers(records)


def test_drivers_agree(records: Records, own: pd.DataFrame) -> None:
    figures = ["n", "is_suppressed", "value", "numerator", "denominator", "quadrant", "priority"]
    assert differences(own, records.table("marts.metric_drivers"), KEY, figures) == []


def test_intervals_agree(records: Records, own: pd.DataFrame) -> None:
    mart = records.table("marts.metric_drivers")
    assert differences(own, mart, KEY, ["ci_low", "ci_high"], tolerance=STUDENT) == []


def test_withheld_figures_are_blank(records: Records) -> None:
    mart = records.table("marts.metric_drivers")
    blank = [*FIGURES, "quadrant", "priority"]
    assert mart.loc[mart["is_suppressed"], blank].isna().all(axis=None)
