"""fct_touchpoints and fct_attribution, recalculated from the records of the agency model."""

import pandas as pd
import pytest

from tests.recalculation.attribution import MODELS, channels, conversions, credits, judged
from tests.recalculation.costs import channel_months
from tests.recalculation.frames import Records, differences, month
from tests.recalculation.touchpoints import touchpoints

pytestmark = pytest.mark.slow

KEY = ["attribution_model", "conversion_id", "touchpoint_id"]
# Credit is kept to the twelfth decimal, money to the fourth; both by running totals.
SHARE = 1.01e-4


@pytest.fixture(scope="module")
def credited(records: Records) -> pd.DataFrame:
    """The rows of the mart that took part."""
    rows = records.table("marts.fct_attribution")
    return rows[rows["credit_status"] == "credited"]


def test_touchpoints_are_the_recorded_contacts(records: Records) -> None:
    facts = [
        "subject_kind", "subject_id", "channel", "evidence", "evidence_strength", "is_referral",
        "is_self_referral", "is_own_outreach", "touched_at",
    ]  # fmt: skip
    rows = records.table("marts.fct_touchpoints")
    assert differences(touchpoints(records), rows, ["touchpoint_id"], facts) == []


def test_conversions_are_started_placements_and_first_invoices(records: Records) -> None:
    facts = ["subject_kind", "subject_id", "converted_date", "net_fee_amount"]
    rows = records.table("conversions")
    assert differences(conversions(records), rows, ["conversion_id"], facts) == []


@pytest.mark.parametrize("kind", ["candidate", "client"])
def test_subjects_have_the_channel_of_their_strongest_referral(records: Records, kind: str) -> None:
    known = channels(records)
    known = known[known["subject_kind"] == kind]
    subject = {"candidate": "person_id", "client": "company_id"}[kind]
    rows = records.table(f"{kind}_channels").rename(columns={subject: "subject_id"})
    assert differences(known, rows, ["subject_id"], ["channel"]) == []


def test_credit_follows_each_model(records: Records, credited: pd.DataFrame) -> None:
    facts = ["channel", "credit", "touch_number", "age_days", "is_referral"]
    assert differences(credits(records), credited, KEY, facts) == []


def test_the_fee_follows_the_credit(records: Records, credited: pd.DataFrame) -> None:
    money = ["credited_revenue"]
    assert differences(credits(records), credited, KEY, money, money=SHARE) == []


def test_the_cost_of_a_channels_month_follows_the_credit(
    records: Records, credited: pd.DataFrame
) -> None:
    given = credits(records)
    given = given[given["subject_kind"] == "candidate"]
    given = given.assign(month=month(given["converted_date"]))
    whole = given.groupby(["attribution_model", "channel", "month"])["credit"].transform("sum")
    price = channel_months(records)[["channel", "month", "loaded"]]
    given = given.assign(whole=whole).merge(price, on=["channel", "month"], how="left")
    share = (given["credit"] / given["whole"].where(given["whole"] > 0)).fillna(0)
    given = given.assign(credited_cost=given["loaded"].fillna(0) * share)
    rows = credited[credited["subject_kind"] == "candidate"]
    assert differences(given, rows, KEY, ["credited_cost"], money=SHARE) == []


def test_referrals_that_earn_nothing_are_kept(records: Records) -> None:
    lost = judged(records)
    lost = lost[lost["is_referral"] & (lost["touch_status"] != "counted")]
    models = pd.DataFrame({"attribution_model": list(MODELS)})
    lost = lost.assign(credit_status=lost["touch_status"], credit=0.0).merge(models, how="cross")
    rows = records.table("marts.fct_attribution")
    rows = rows[rows["credit_status"] != "credited"]
    assert differences(lost, rows, KEY, ["credit_status", "credit", "age_days"]) == []


def test_credit_and_fee_add_up_to_the_conversions(records: Records, credited: pd.DataFrame) -> None:
    sums = credited.groupby(["attribution_model", "conversion_id"])
    made = conversions(records).set_index("conversion_id")["net_fee_amount"]
    fee = sums["credited_revenue"].sum().reset_index()
    assert (sums["credit"].sum() - 1).abs().max() < 1e-9
    assert len(fee) == len(made) * len(MODELS)
    assert (fee["credited_revenue"] - fee["conversion_id"].map(made)).abs().max() < 1e-6
