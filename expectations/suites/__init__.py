"""What must hold of each public mart, beyond what dbt's tests say of its rows."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from expectations.rules import Rule
from expectations.suites import attribution, claims, metrics, money, surveys, work
from expectations.suites.small_groups import small_group_suites
from expectations.thresholds import Thresholds

AREAS = (work, surveys, money, attribution, metrics, claims)


def declared_suites(as_of: date, limits: Thresholds) -> Mapping[str, tuple[Rule, ...]]:
    """Every rule about a mart by its name. ``as_of`` is the day that the build counts as today."""
    return _joined(area.suites(as_of, limits) for area in AREAS)


def all_suites(
    manifest: Mapping[str, Any], as_of: date, limits: Thresholds
) -> Mapping[str, tuple[Rule, ...]]:
    """Those, and the rules that follow from what marts say of themselves in dbt's manifest."""
    return _joined([declared_suites(as_of, limits), small_group_suites(manifest, as_of, limits)])


def _joined(
    parts: Iterable[Mapping[str, tuple[Rule, ...]]],
) -> Mapping[str, tuple[Rule, ...]]:
    suites: dict[str, tuple[Rule, ...]] = {}
    for part in parts:
        for mart, rules in part.items():
            suites[mart] = (*suites.get(mart, ()), *rules)
    return suites
