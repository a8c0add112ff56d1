"""Rules of touchpoints and credit."""

from collections.abc import Mapping
from datetime import date

from expectations.rules import (
    Rule,
    at_least_rows,
    between,
    dates_sane,
    no_rows,
    pseudonym,
    share_at_most,
)
from expectations.thresholds import Thresholds


def suites(as_of: date, limits: Thresholds) -> Mapping[str, tuple[Rule, ...]]:
    """Rules by mart."""
    return {
        "fct_touchpoints": (
            at_least_rows(limits.min_touchpoints),
            dates_sane("touched_at", as_of, limits.max_days_ahead),
            pseudonym("referrer_person_id"),
            share_at_most(
                "unknown_channel", "channel = 'unknown'", limits.max_unknown_channel_share
            ),
        ),
        "fct_attribution": (
            between("credit", 0, 1),
            dates_sane("converted_date", as_of, limits.max_days_ahead),
            pseudonym("referrer_person_id"),
            no_rows(
                "models_agree_on_revenue",
                "select 1 as violated from (select sum(credited_revenue) as total from {batch} "
                "group by attribution_model) having max(total) <> min(total)",
                "every model credits the same revenue in all",
            ),
            no_rows(
                "credit_adds_up_to_one",
                "select 1 as violated from {batch} group by attribution_model, conversion_id "
                "having abs(sum(credit) - 1) > 1e-9",
                "the credit of a conversion adds up to 1 under every model",
            ),
        ),
    }
