"""metric_nps, recalculated from answers, notes and events of the agency model."""

import pandas as pd
import pytest

from tests.recalculation.frames import Records, differences, periods
from tests.recalculation.opinions import CELL, figures
from tests.recalculation.surveys import alerts, scored
from tests.recalculation.withheld import FIGURES, with_changes, withheld

pytestmark = pytest.mark.slow

KEY = ["metric", *CELL]
BOUNDS = ("ci_low", "ci_high", "fpc_ci_low", "fpc_ci_high")
# Student's quantiles are kept to the twelfth decimal, above 60 degrees of freedom to the ninth.
STUDENT = 1e-8


@pytest.fixture(scope="module")
def own(records: Records) -> pd.DataFrame:
    """All figures of the tenant, withheld as the mart's text has it."""
    found = with_changes(withheld(figures(records)), periods(records))
    for column in FIGURES:
        found[column] = found[column].astype(float).mask(found["is_suppressed"])
    return found


@pytest.fixture(scope="module")
def mart(records: Records) -> pd.DataFrame:
    """The public mart."""
    return records.table("marts.metric_nps")


def test_answers_have_the_context_of_their_records(records: Records) -> None:
    context = [
        "audience", "survey_kind", "trigger", "population", "event_id", "referral_status",
        "channel", "stage", "has_feedback", "top_company_id", "respondent_key", "band", "score",
    ]  # fmt: skip
    rows = records.table("marts.fct_survey_responses")
    assert differences(scored(records), rows, ["response_id"], context) == []


def test_detractors_have_their_follow_up_and_next_answer(records: Records) -> None:
    followed = [
        "followed_up_at", "hours_to_follow_up", "is_follow_up_due", "is_followed_up_48h",
        "next_response_id", "next_score", "next_outcome",
    ]  # fmt: skip
    rows = records.table("marts.fct_survey_responses")
    rows = rows[rows["band"] == "detractor"]
    assert differences(alerts(records), rows, ["response_id"], followed) == []


def test_the_same_figures_are_made_and_withheld(own: pd.DataFrame, mart: pd.DataFrame) -> None:
    assert differences(own, mart, KEY, ["n", "is_suppressed"]) == []


def test_figures_agree(own: pd.DataFrame, mart: pd.DataFrame) -> None:
    exact = [figure for figure in FIGURES if figure not in BOUNDS]
    assert differences(own, mart, KEY, [*exact, "change"]) == []


def test_intervals_agree(own: pd.DataFrame, mart: pd.DataFrame) -> None:
    changes = ["change_ci_low", "change_ci_high", "is_change"]
    assert differences(own, mart, KEY, [*BOUNDS, *changes], tolerance=STUDENT) == []


def test_withheld_figures_are_blank(mart: pd.DataFrame) -> None:
    blank = [*FIGURES, "change", "change_ci_low", "is_change"]
    assert mart.loc[mart["is_suppressed"], blank].isna().all(axis=None)
