"""Rules of the claims and their verdicts."""

from collections.abc import Mapping
from datetime import date

from expectations.rules import Rule, never
from expectations.suites.small_groups import SUPPRESSION_FLOOR
from expectations.thresholds import Thresholds

_ON_CLAIMED_SIDE = "case when direction = 'lower' then ci_high < 0 else ci_low > 0 end"
_ON_OTHER_SIDE = "case when direction = 'lower' then ci_low > 0 else ci_high < 0 end"


def suites(_: date, __: Thresholds) -> Mapping[str, tuple[Rule, ...]]:
    """Rules by mart."""
    return {
        "fct_claims": (
            never(
                "small_sides_are_suppressed",
                f"least(n_a, n_b) < {SUPPRESSION_FLOOR} and not is_suppressed"
                " and coalesce(estimate, value_a, value_b) is not null",
                f"a difference to fewer than {SUPPRESSION_FLOOR} is never shown",
            ),
            never(
                "verdict_follows_from_the_interval",
                f"verdict = 'supported' and not coalesce({_ON_CLAIMED_SIDE}, false)"
                f" or verdict = 'contradicted' and not coalesce({_ON_OTHER_SIDE}, false)",
                "supported and contradicted only where the interval leaves out zero",
            ),
        ),
    }
