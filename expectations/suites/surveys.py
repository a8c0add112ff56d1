"""Rules of survey answers."""

from collections.abc import Mapping
from datetime import date

from expectations.rules import (
    Rule,
    at_least_rows,
    between,
    dates_sane,
    never,
    pseudonym,
    share_at_most,
)
from expectations.thresholds import Thresholds


def suites(as_of: date, limits: Thresholds) -> Mapping[str, tuple[Rule, ...]]:
    """Rules by mart."""
    return {
        "fct_survey_responses": (
            at_least_rows(limits.min_survey_responses),
            between("score", 0, 10),
            pseudonym("person_id"),
            dates_sane("submitted_at", as_of, limits.max_days_ahead),
            never(
                "band_follows_score",
                "band <> case when score >= 9 then 'promoter' when score >= 7 then 'passive' "
                "else 'detractor' end",
                "promoter 9-10, passive 7-8, detractor 0-6",
            ),
            share_at_most(
                "unresolved_respondents",
                "person_id is null and not is_shared_mailbox",
                limits.max_unresolved_respondent_share,
            ),
        ),
    }
