"""Referral edges and advocacy, recalculated from the agency model."""

import pytest

from tests.recalculation.advocacy import FIGURES, KEYS, advocacy
from tests.recalculation.floor import lies
from tests.recalculation.frames import Records, differences
from tests.recalculation.referrals import settled

pytestmark = pytest.mark.slow


def test_every_named_edge_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.fct_referrals")
    is_named = mart["referrer_person_id"].notna() | mart["referrer_recruiter_id"].notna()
    figures = [
        *("referred_at", "evidence_records", "is_settled", "is_successful"),
        *("converted_date", "days_to_conversion"),
    ]
    own = settled(records)
    assert differences(own, mart[is_named], ["referral_id"], figures) == []


def test_every_row_of_advocacy_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.metric_advocacy")
    own = advocacy(records)
    assert differences(own, mart, KEYS, [*FIGURES, "n", "is_suppressed", "unfollowed"]) == []
    assert lies(mart, FIGURES).empty
