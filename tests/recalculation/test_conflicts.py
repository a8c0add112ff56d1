"""Evidence at odds, recalculated from the agency model, as facts and as shares."""

import pytest

from tests.recalculation.conflicts import FIGURES, KEYS, KINDS, conflicts, shares
from tests.recalculation.conftest import Asked
from tests.recalculation.frames import Records, differences

pytestmark = pytest.mark.slow

FACTS = (
    *("conflict_kind", "conversion_id", "subject_kind", "subject_id", "side", "other_side"),
    *("touchpoint_id", "other_touchpoint_id", "settled_touchpoint_id", "channel", "other_channel"),
    *("net_fee_amount", "bounty_amount", "conflict_date"),
)


def test_every_conflict_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.fct_attribution_conflicts")
    assert differences(conflicts(records), mart, ["conflict_id"], FACTS) == []


def test_every_share_is_the_recalculated_one(records: Records) -> None:
    mart = records.table("marts.metric_evidence_conflicts")
    assert differences(shares(records), mart, KEYS, [*FIGURES, "n", "is_suppressed"]) == []


def test_the_agencies_have_every_kind_of_conflict(asked: Asked) -> None:
    query = (
        "select conflict_kind, subject_kind, count(conversion_id) as with_conversion "
        "from marts.fct_attribution_conflicts group by all"
    )
    found = {(row["conflict_kind"], row["subject_kind"]) for row in asked(query)}
    assert found == {(kind, subject) for kind in KINDS for subject in ("candidate", "client")}
