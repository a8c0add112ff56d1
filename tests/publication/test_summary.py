"""The headline figures are the released ones."""

import pytest

from publication import NoCurrentRelease, summary
from tests.expectations.agency import Agency
from tests.publication.releasing import release


def test_headlines_come_with_their_counts(agency: Agency) -> None:
    release(agency)
    figures = {figure.metric: figure for figure in summary(agency.home).figures}
    assert (figures["nps"].value, figures["nps"].n) == (100, 6)
    assert figures["cost_per_hire_external_gross"].numerator == 250
    assert (figures["referral_share"].numerator, figures["referral_share"].denominator) == (3, 6)


def test_rows_are_counted_per_mart(agency: Agency) -> None:
    release(agency)
    assert summary(agency.home).rows["fct_survey_responses"] == 6


def test_there_is_no_summary_before_a_release(agency: Agency) -> None:
    with pytest.raises(NoCurrentRelease):
        summary(agency.home)
