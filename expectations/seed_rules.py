"""What each user-owned seed must look like, read from the YAML beside it.

Nothing is said twice: types, keys, required and allowed values are what dbt's own
declaration says. What dbt has no word for, or what need not be tested again at every run,
stands in ``config.meta``: ``key`` of a seed; ``required``, ``allowed`` and ``holds`` of a column.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# What a column may be said to hold, beyond its type.
HOLDS = (
    *("fraction", "rate", "not_negative", "currency"),
    *("lower_case", "first_of_month", "vendor", "record"),
)


class SeedRuleError(Exception):
    """A seed's declaration cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One column: its SQL type, whether it must be filled, what it may hold."""

    name: str
    data_type: str
    required: bool
    allowed: tuple[str, ...]
    holds: str | None


@dataclass(frozen=True, slots=True)
class SeedRule:
    """One seed: its columns in the order of the declaration, and what may occur only once."""

    name: str
    columns: tuple[ColumnRule, ...]
    keys: tuple[tuple[str, ...], ...]


def seed_rules(folder: Path) -> tuple[SeedRule, ...]:
    """The rules of every seed declared in ``folder``, by name. Raises ``SeedRuleError``."""
    found = [
        _rule(declared)
        for path in sorted(folder.glob("*.yml"))
        for declared in yaml.safe_load(path.read_text(encoding="utf-8")).get("seeds") or ()
    ]
    undeclared = {path.stem for path in folder.glob("*.csv")} - {rule.name for rule in found}
    if undeclared:
        raise SeedRuleError(f"{folder}: {sorted(undeclared)} have no declaration beside them")
    return tuple(found)


def _rule(declared: Mapping[str, Any]) -> SeedRule:
    name, config = declared["name"], declared.get("config") or {}
    types = config.get("column_types") or {}
    described = {column["name"]: column for column in declared.get("columns") or ()}
    unknown = sorted(described.keys() - types.keys())
    if not types or unknown:
        raise SeedRuleError(f"{name}: config.column_types must list every column; lacks {unknown}")
    columns = tuple(
        _column(name, column, str(data_type), described.get(column) or {})
        for column, data_type in types.items()
    )
    key = (config.get("meta") or {}).get("key")
    keys = (*_keys(declared.get("data_tests") or ()), *([tuple(key)] if key else []))
    return SeedRule(name, columns, keys)


def _column(seed: str, name: str, data_type: str, declared: Mapping[str, Any]) -> ColumnRule:
    tests = declared.get("data_tests") or ()
    meta = {**(declared.get("meta") or {}), **((declared.get("config") or {}).get("meta") or {})}
    holds = meta.get("holds")
    if holds is not None and holds not in HOLDS:
        raise SeedRuleError(f"{seed}.{name}: holds must be one of {', '.join(HOLDS)}, not {holds}")
    required = bool(meta.get("required")) or "not_null" in tests
    allowed: tuple[str, ...] = tuple(str(value) for value in meta.get("allowed") or ())
    for test in tests:
        values = _arguments(test, "accepted_values").get("values") or ()
        allowed += tuple(str(value) for value in values)
    return ColumnRule(name, data_type.lower(), required, allowed, holds)


def _keys(tests: Iterable[Any]) -> Iterable[tuple[str, ...]]:
    for test in tests:
        listed = _arguments(test, "unique_combination").get("columns")
        if listed:
            yield tuple(listed)


def _arguments(test: Any, name: str) -> Mapping[str, Any]:
    found = test.get(name) if isinstance(test, Mapping) else None
    if not isinstance(found, Mapping):
        return {}
    arguments: Mapping[str, Any] = found.get("arguments") or found
    return arguments
