"""Rules of every mart that says in ``config.meta.suppression`` what of it may reveal people.

dbt's tests look at a mart as it was built. Publication rewrites these marts to protect small
groups, so what must hold of a withheld row is looked at again, on the bytes that are released.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from expectations.rules import Rule, dates_sane, never
from expectations.thresholds import Thresholds

SUPPRESSION_FLOOR = 5
# What a row says in words (a verdict, a quadrant) may say that it is withheld.
_WORDS = ("string", "varchar")


def small_group_suites(
    manifest: Mapping[str, Any], as_of: date, limits: Thresholds
) -> dict[str, tuple[Rule, ...]]:
    """Rules by mart, from dbt's manifest: a mart that declares suppression is named nowhere."""
    return {
        node["name"]: _rules(node["config"]["meta"]["suppression"], node["columns"], as_of, limits)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and (node["config"].get("meta") or {}).get("suppression")
        and node["config"].get("enabled", True)
    }


def _rules(
    declared: Mapping[str, Any], columns: Mapping[str, Any], as_of: date, limits: Thresholds
) -> tuple[Rule, ...]:
    people = declared["people"]
    figures = [name for name in declared["figures"] if _is_number(columns.get(name))]
    shown = " or ".join(f"{name} is not null" for name in figures)
    return (
        dates_sane("period_start", as_of, limits.max_days_ahead),
        # Not `between`: the library takes six times as long for a column's bounds.
        never(f"{people}_within_bounds", f"{people} < 0", f"{people} from 0"),
        never(
            "suppressed_rows_are_empty",
            f"is_suppressed and ({shown})",
            "a suppressed row shows no figure",
        ),
        never(
            "small_groups_are_suppressed",
            f"{people} between 1 and {SUPPRESSION_FLOOR - 1} and not is_suppressed",
            f"fewer than {SUPPRESSION_FLOOR} are never shown",
        ),
        *_interval("value" if "value" in figures else "estimate", figures),
    )


def _interval(point: str, figures: list[str]) -> tuple[Rule, ...]:
    if not {point, "ci_low", "ci_high"} <= set(figures):
        return ()
    # A value is null when suppressed or undefined; nulls are not compared.
    return (
        never(
            "interval_around_value",
            f"ci_low > {point} + 1e-9 or ci_high < {point} - 1e-9 or ci_low > ci_high",
            f"ci_low <= {point} <= ci_high",
        ),
    )


def _is_number(column: Mapping[str, Any] | None) -> bool:
    kind = str((column or {}).get("data_type") or "")
    return kind.lower() not in _WORDS
