"""The headline figures are the released ones."""

import pytest
from rich.console import Console

from orchestration import reports
from publication import NoCurrentRelease, summary
from publication.summary import Claim
from tests.expectations.agency import Agency
from tests.publication.releasing import release


def test_headlines_come_with_their_counts(agency: Agency) -> None:
    release(agency)
    figures = {figure.metric: figure for figure in summary(agency.home).figures}
    assert (figures["nps"].value, figures["nps"].n) == (100, 6)
    assert figures["cost_per_hire_external_gross"].numerator == 250
    assert (figures["referral_share"].numerator, figures["referral_share"].denominator) == (3, 6)


def test_claims_come_with_their_sides_and_verdicts(agency: Agency) -> None:
    release(agency)
    stay, grow = sorted(summary(agency.home).claims, key=lambda claim: claim.verdict)
    assert stay == Claim(
        *("They stay", "referred", "not referred", "days", 32.5, 2.5, 62.5, 40, 50, "supported")
    )
    assert (grow.verdict, grow.estimate, grow.ci_low, grow.ci_high) == (
        *("suppressed", None, None, None),
    )


def test_only_crude_claims_of_all_time_are_headlines(agency: Agency) -> None:
    agency.change(
        "insert into marts.fct_claims select * replace ('stratified' as adjustment) "
        "from marts.fct_claims",
        "insert into marts.fct_claims select * replace ('trailing_12m' as period) "
        "from marts.fct_claims",
    )
    release(agency)
    assert len(summary(agency.home).claims) == 2


def test_the_claims_table_is_printed(agency: Agency, capsys: pytest.CaptureFixture[str]) -> None:
    release(agency)
    console = Console(width=160)
    console.print(reports._claims(summary(agency.home).claims))
    told = capsys.readouterr().out
    assert "+32.5" in told and "+2.5 to +62.5" in told and "supported" in told
    assert "referred (40) less not referred (50), days" in told
    assert "suppressed" in told
    assert "Association, not cause." in told


def test_rows_are_counted_per_mart(agency: Agency) -> None:
    release(agency)
    assert summary(agency.home).rows["fct_survey_responses"] == 6


def test_there_is_no_summary_before_a_release(agency: Agency) -> None:
    with pytest.raises(NoCurrentRelease):
        summary(agency.home)
