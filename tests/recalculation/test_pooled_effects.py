"""Planted effects for which one small agency is too few: found in three together.

Their sizes are not held here, since plan and truth do not tell them as the claims measure them. A
client that stops buying is billed for 60 to 300 days more, so retention by invoices differs by
less than the planted chances do. Readiness to refer is a weight in a draw among all who are placed
at the time, and a bad experience is known from the answer on only: rates differ by less than the
weights. No claim compares promoters with passives; the referrals themselves do.
"""

import pandas as pd
import pytest
from scipy.stats import binomtest

from tests.recalculation.conftest import Asked
from tests.recalculation.test_claims import PLANTED, jackknife

pytestmark = pytest.mark.slow

ONE_SIDED = 1.645
UNITS = (
    "select tenant_id || cluster_id as cluster_id, stratum, is_side_a, "
    "cast(outcome as double) as outcome, cast(exposure as double) as exposure "
    "from intermediate.claim_units where claim = ? and measure = ? and period = 'all' "
    "and adjustment = 'crude' and tenant_id in ?"
)
# Referrals by placed people after their first answer since, and days in which they could refer.
REFERRED = (
    "with placed as (select tenant_id, person_id, min(start_date) as begun "
    "from marts.fct_placements where is_started group by all), "
    "told as (select tenant_id, person_id, min_by(band, submitted_at) as band, "
    "min(submitted_at) as since from marts.fct_survey_responses "
    "inner join placed using (tenant_id, person_id) "
    "where audience = 'candidate' and submitted_date >= begun group by all), "
    "made as (select told.tenant_id, told.person_id, count(*) as referrals from told "
    "inner join marts.fct_referrals as edges on edges.tenant_id = told.tenant_id "
    "and edges.referrer_person_id = told.person_id and edges.referred_at > told.since "
    "and not edges.is_self_referral group by all) "
    "select band, cast(coalesce(sum(referrals), 0) as bigint) as referrals, "
    "sum(date_diff('day', since, timestamp '2026-11-01')) as days "
    "from told left join made using (tenant_id, person_id) "
    "where tenant_id in ? group by band"
)


@pytest.mark.parametrize(
    ("claim", "measure", "side"),
    [
        ("promoting_clients_stay_and_grow", "retention_12m", 1),
        ("promoting_clients_stay_and_grow", "net_revenue_retention_12m", 1),
        ("understood_clients_stay", "retention_12m", 1),
        ("bad_experience_costs_referrals", "rate_unrecovered_less_before", -1),
    ],
)
def test_three_agencies_show_what_was_planted(
    asked: Asked, claim: str, measure: str, side: int
) -> None:
    units = pd.DataFrame(asked(UNITS, claim, measure, list(PLANTED)))
    estimate, error, _ = jackknife(units)
    assert estimate is not None
    assert side * estimate - ONE_SIDED * error > 0, (estimate, error)


def test_promoters_refer_more_often_than_passives(asked: Asked) -> None:
    rows = {row["band"]: row for row in asked(REFERRED, list(PLANTED))}
    promoters, passives = rows["promoter"], rows["passive"]
    alike = promoters["days"] / (promoters["days"] + passives["days"])
    both = promoters["referrals"] + passives["referrals"]
    assert binomtest(promoters["referrals"], both, alike, "greater").pvalue < 0.05
