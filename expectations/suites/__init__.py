"""What must hold of each public mart, beyond what dbt's tests say of its rows."""

from collections.abc import Mapping
from datetime import date

from expectations.rules import Rule
from expectations.suites import attribution, metrics, money, surveys, work
from expectations.thresholds import Thresholds

AREAS = (work, surveys, money, attribution, metrics)


def declared_suites(as_of: date, limits: Thresholds) -> Mapping[str, tuple[Rule, ...]]:
    """Every declared rule by mart. ``as_of`` is the day that the build counts as today."""
    suites: dict[str, tuple[Rule, ...]] = {}
    for area in AREAS:
        for mart, rules in area.suites(as_of, limits).items():
            suites[mart] = (*suites.get(mart, ()), *rules)
    return suites
