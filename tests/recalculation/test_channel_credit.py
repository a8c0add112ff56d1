"""metric_channel_credit and metric_referral_share by all models, Markov by solving its chain."""

import pandas as pd
import pytest

from tests.recalculation.channel_credit import (
    CELL,
    FIGURES,
    KEY,
    MONEY,
    channel_credit,
    referral_share,
)
from tests.recalculation.frames import Records, differences, periods, windowed
from tests.recalculation.journeys import chain, conversion_probability, journeys, removal_effects

pytestmark = pytest.mark.slow

CENT = 0.005


@pytest.fixture(scope="module")
def own(records: Records) -> pd.DataFrame:
    """All rows of the tenant."""
    return channel_credit(records)


@pytest.fixture(scope="module")
def mart(records: Records) -> pd.DataFrame:
    """The public mart."""
    return records.table("marts.metric_channel_credit")


def test_the_same_rows_are_made_and_withheld(own: pd.DataFrame, mart: pd.DataFrame) -> None:
    facts = ["n", "is_suppressed", "failed_journeys"]
    assert differences(own, mart, KEY, facts) == []


def test_shares_and_their_ranges_agree(own: pd.DataFrame, mart: pd.DataFrame) -> None:
    assert differences(own, mart, KEY, FIGURES) == []


def test_money_agrees_to_the_cent(own: pd.DataFrame, mart: pd.DataFrame) -> None:
    assert differences(own, mart, KEY, MONEY, money=CENT) == []


def test_withheld_figures_are_blank(mart: pd.DataFrame) -> None:
    assert mart.loc[mart["is_suppressed"], [*FIGURES, *MONEY]].isna().all(axis=None)


def test_removal_effects_are_those_of_the_chain(records: Records) -> None:
    ended = windowed(journeys(records), "outcome_date", periods(records))
    rows = [
        {
            **dict(zip(CELL, key, strict=True)),
            "channel": channel,
            "conversion_probability": conversion_probability(chain(journey)),
            "removal_effect": effect,
        }
        for key, journey in ended.groupby(CELL)
        for channel, effect in removal_effects(chain(journey)).items()
    ]
    mart = records.table("channel_removal_effects")
    figures = ["conversion_probability", "removal_effect"]
    assert differences(pd.DataFrame(rows), mart, [*CELL, "channel"], figures) == []


def test_referral_shares_agree(records: Records) -> None:
    key = ["metric", "period", "period_start", "attribution_model"]
    figures = [
        "n", "is_suppressed", "value", "numerator", "denominator", "ci_low", "ci_high",
        "share_low", "share_high",
    ]  # fmt: skip
    mart = records.table("marts.metric_referral_share")
    assert differences(referral_share(records), mart, key, figures) == []
