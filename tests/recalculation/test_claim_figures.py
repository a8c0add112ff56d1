"""Every estimate, interval and verdict of fct_claims, recalculated from the agency model."""

import numpy as np
import pytest

from tests.recalculation.claim_differences import byar
from tests.recalculation.claims import FIGURES, KEYS, claims
from tests.recalculation.frames import Records, differences

pytestmark = pytest.mark.slow

# Its error is a bootstrap over hires: tests/dbt/test_cost_bootstrap.py.
OF_COST = "referrals_lower_cost_per_hire"


def test_every_claim_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.fct_claims")
    mart = mart[mart["claim"] != OF_COST]
    assert differences(claims(records), mart, KEYS, FIGURES) == []


def test_a_rate_without_events_is_bounded_by_byar_as_in_print() -> None:
    """Breslow and Day (1987), table 2.10: 0 events 0 to 3.69 exactly; 10 events 4.79 to 18.39."""
    assert byar(0, 1)[0] == 0
    assert np.round(byar(10, 1), 2).tolist() == [4.79, 18.39]
