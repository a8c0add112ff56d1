"""Rules of people, companies, channels and placements."""

from collections.abc import Mapping
from datetime import date

from expectations.rules import Rule, at_least_rows, at_most, between, dates_sane, never, pseudonym
from expectations.thresholds import Thresholds


def suites(as_of: date, limits: Thresholds) -> Mapping[str, tuple[Rule, ...]]:
    """Rules by mart."""
    ahead = limits.max_days_ahead
    return {
        "dim_people": (at_least_rows(1), pseudonym("person_id")),
        "dim_companies": (at_least_rows(1),),
        "dim_channels": (at_least_rows(1),),
        "fct_placements": (
            at_least_rows(limits.min_headline_rows),
            pseudonym("person_id"),
            dates_sane("start_date", as_of, ahead),
            dates_sane("guarantee_end_date", as_of, 2 * ahead),
            between("retention_days", 0),
            between("gross_fee_amount", 0),
            never(
                "falloff_was_a_start",
                "is_falloff and not coalesce(is_started, false)",
                "only a placement that started can fall off",
            ),
            never(
                "fees_add_up",
                "net_fee_amount <> gross_fee_amount + deducted_amount",
                "net fee = gross fee + deductions",
            ),
            *_incomplete(limits.max_unknown_values),
        ),
    }


def _incomplete(limit: int) -> tuple[Rule, ...]:
    """What a placement lacks decides where its figures go, so it is said which they are."""
    lacks = {
        "job": "is_started and job_id is null",
        "client": "is_started and company_id is null",
        "start": "status in ('approved', 'completed', 'terminated') and start_date is null",
    }
    return tuple(
        at_most(
            f"placements_without_{name}",
            condition,
            limit,
            f"at most {limit} placements without {name}",
            key="placement_id",
        )
        for name, condition in lacks.items()
    )
