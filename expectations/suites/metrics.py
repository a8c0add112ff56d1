"""Rules of single metric marts: bounds of their figures. What holds of all is in small_groups."""

from collections.abc import Mapping
from datetime import date

from expectations.rules import Rule, at_least_rows, between, never, no_rows
from expectations.thresholds import Thresholds

# Scales of the survey figures; what is none of these is a share.
_LOWEST = "case when metric like 'nps%' then -100 when metric = 'ces' then 1 else 0 end"
_HIGHEST = (
    "case when metric like 'nps%' then 100 when metric = 'ces' then 7"
    " when metric = 'hours_to_follow_up' then 1e9 else 1 end"
)


def suites(_: date, limits: Thresholds) -> Mapping[str, tuple[Rule, ...]]:
    """Rules by metric mart."""
    # An agency without placements or surveys says so by a limit of 0.
    unless_empty = "" if limits.min_headline_rows else " and count(*) > 0"
    common = (
        at_least_rows(limits.min_headline_rows),
        no_rows(
            "has_an_overall_figure",
            "select 1 as violated from {batch} "
            f"having count(*) filter (period = 'all') = 0{unless_empty}",
            "at least one row for period all",
        ),
    )
    return {
        "metric_nps": (*common, *_nps()),
        # An agency need not ask driver questions.
        "metric_drivers": _drivers(),
        "metric_cost_per_hire": (*common, *_cost_per_hire()),
        "metric_referral_share": (*common, *_referral_share()),
    }


def _nps() -> tuple[Rule, ...]:
    return (
        never(
            "value_within_bounds",
            f"value < {_LOWEST} or value > {_HIGHEST}",
            "NPS from -100 to 100, shares from 0 to 1, effort from 1 to 7, hours from 0",
        ),
        never(
            "interval_within_bounds",
            f"ci_low < {_LOWEST} or ci_high > {_HIGHEST}",
            "intervals lie within the scale of their figure",
        ),
        never(
            "value_is_its_ratio",
            "abs(value - case when metric = 'nps' then 100.0 else 1.0 end"
            " * numerator / nullif(denominator, 0)) > 1e-6",
            "value = numerator / denominator, times 100 for nps",
        ),
    )


def _drivers() -> tuple[Rule, ...]:
    return (
        never(
            "value_within_bounds",
            "value < case when metric = 'driver_rating' then 1 else -1 end"
            " or value > case when metric = 'driver_rating' then 5 else 1 end",
            "correlations from -1 to 1, ratings from 1 to 5",
        ),
        never(
            "value_is_its_ratio",
            "abs(value - numerator / nullif(denominator, 0)) > 1e-6",
            "value = numerator / denominator",
        ),
    )


def _cost_per_hire() -> tuple[Rule, ...]:
    return (
        never(
            "no_hires_no_ratio",
            "value is not null and coalesce(denominator, 0) <= 0"
            " and metric <> 'cost_per_hire_difference'",
            "no figure where nobody was hired",
        ),
        never(
            "value_is_its_ratio",
            "metric <> 'cost_per_hire_difference' and abs(value"
            " - case when metric = 'recruiting_cost_ratio' then 100 else 1 end"
            " * numerator / nullif(denominator, 0)) > 0.01",
            "value = numerator / denominator, in percent for recruiting_cost_ratio",
        ),
        never(
            "difference_is_of_its_sides",
            "metric = 'cost_per_hire_difference' and abs(value - (numerator - denominator)) > 0.01",
            "a difference is of the two costs per hire beside it",
        ),
    )


def _referral_share() -> tuple[Rule, ...]:
    return (
        between("value", 0, 1),
        between("ci_low", 0, 1),
        between("ci_high", 0, 1),
        never("part_of_whole", "numerator > denominator + 1e-9", "numerator <= denominator"),
    )
