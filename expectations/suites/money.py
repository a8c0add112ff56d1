"""Rules of revenue and costs: signs, currencies, conversion, what has no client or category."""

from collections.abc import Mapping
from datetime import date

from expectations.rules import Rule, dates_sane, matches, never, no_rows, share_at_most
from expectations.thresholds import Thresholds

CURRENCY = "^[A-Z][A-Z][A-Z]$"


def suites(as_of: date, limits: Thresholds) -> Mapping[str, tuple[Rule, ...]]:
    """Rules by mart."""
    return {
        "fct_revenue": (*_common(as_of, limits, "revenue_line_id"), *_revenue(limits)),
        "fct_costs": (*_common(as_of, limits, "cost_line_id"), *_costs(limits)),
    }


def _common(as_of: date, limits: Thresholds, key: str) -> tuple[Rule, ...]:
    return (
        matches("currency", CURRENCY),
        matches("reporting_currency", CURRENCY),
        dates_sane("document_date", as_of, limits.max_days_ahead),
        never(
            "converted_or_said_not_to_be",
            "reporting_amount is null and not coalesce(is_unconverted, false)",
            "an amount in reporting currency, unless is_unconverted",
        ),
        share_at_most(
            "unconverted",
            "is_unconverted",
            limits.max_unconverted_rows_share,
            key=f"{key} || ' in ' || coalesce(currency, 'no currency') || ' on ' || document_date",
        ),
    )


def _revenue(limits: Thresholds) -> tuple[Rule, ...]:
    return (
        no_rows(
            "credit_notes_reduce_revenue",
            # A single line may be positive, the document may not.
            "select 1 as violated from {batch} where document_type = 'credit_note' "
            "group by document_id having sum(amount) > 0",
            "credit notes count negative",
        ),
        no_rows(
            "contractors_reduce_revenue",
            "select 1 as violated from {batch} "
            "where document_type in ('contractor_pay', 'revenue_refund') "
            "having sum(amount) > 0",
            "pay and refunds count negative",
        ),
        share_at_most(
            "without_company",
            "company_id is null",
            limits.max_revenue_without_company_share,
        ),
    )


def _costs(limits: Thresholds) -> tuple[Rule, ...]:
    return (
        no_rows(
            "shares_add_up_to_the_line",
            "select 1 as violated from {batch} "
            "group by cost_line_id having sum(amount) <> min(line_amount)",
            "the channels' shares of a line add up to it, to the last digit",
        ),
        share_at_most(
            "unmapped_spend",
            "cost_category = 'unmapped'",
            limits.max_unmapped_spend_share,
            of="abs(reporting_amount)",
        ),
    )
