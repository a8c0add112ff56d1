"""metric_hiring and the applications it counts, recalculated from the agency model."""

import pytest
from scipy import stats

from tests.recalculation.applications import applications
from tests.recalculation.floor import lies
from tests.recalculation.frames import Records, differences
from tests.recalculation.hiring import FIGURES, KEYS, hiring, median_rank

pytestmark = pytest.mark.slow

APPLICATION = (
    *("placement_id", "referrer_person_id", "channel", "referral_status", "employment_type"),
    *("job_family", "seniority", "outcome", "days_to_hire", "is_presented", "is_interviewed"),
    *("is_offered", "is_accepted", "is_placed", "screened_at", "submitted_at", "interviewed_at"),
    *("offered_at", "accepted_at", "rejected_at", "withdrawn_at", "applied_at"),
)


def test_every_application_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.fct_applications")
    assert differences(applications(records), mart, ["application_id"], APPLICATION) == []


def test_every_row_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.metric_hiring")
    assert (
        differences(hiring(records), mart, KEYS, [*FIGURES, "n", "people", "is_suppressed"]) == []
    )


def test_withheld_rows_show_nothing_and_say_so(records: Records) -> None:
    assert lies(records.table("marts.metric_hiring"), FIGURES).empty


def test_the_order_statistics_hold_95_per_cent_and_one_more_rank_is_the_most_they_waste() -> None:
    for n in range(6, 2000):
        rank = median_rank(n)
        assert 2 * stats.binom.cdf(rank - 1, n, 0.5) <= 0.05
        assert 2 * stats.binom.cdf(rank + 1, n, 0.5) > 0.05
