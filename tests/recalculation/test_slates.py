"""Candidate slates, recalculated from the agency model."""

import pytest

from tests.recalculation.floor import lies
from tests.recalculation.frames import Records, differences
from tests.recalculation.slates import FIGURES, KEYS, slates

pytestmark = pytest.mark.slow


def test_every_row_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.metric_slates")
    assert differences(slates(records), mart, KEYS, [*FIGURES, "n", "is_suppressed"]) == []
    assert lies(mart, FIGURES).empty
