"""The agency's own mapping files, checked before anything is built from them."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from expectations.currencies import CURRENCIES
from expectations.seed_rules import ColumnRule, SeedRule, seed_rules

_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_WHOLE = ("int", "integer", "bigint")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class SeedProblem:
    """One thing to mend: the file, the line in it (the heading is line 1), and what to do."""

    file: str
    line: int
    column: str
    value: str
    advice: str

    def told(self) -> str:
        """All of it in one line."""
        where = f"{self.file}, row {self.line}"
        if not self.column:
            return f"{where}: {self.advice}"
        return f"{where}, {self.column} {_shown(self.value)}: {self.advice}"


def seed_problems(folder: Path, vendors: frozenset[str]) -> tuple[SeedProblem, ...]:
    """Everything that is wrong in the seeds of ``folder``, by file and line.

    ``vendors`` are the names that a column which holds a vendor may have. Raises
    ``SeedRuleError`` when a declaration, not a file of the agency, is at fault.
    """
    rules = (_naming(rule, vendors) for rule in seed_rules(folder))
    return tuple(problem for rule in rules for problem in _problems(folder, rule))


def _naming(rule: SeedRule, vendors: frozenset[str]) -> SeedRule:
    """The rule with the vendors written out where a column holds one."""
    columns = tuple(
        replace(column, allowed=tuple(sorted(vendors))) if column.holds == "vendor" else column
        for column in rule.columns
    )
    return replace(rule, columns=columns)


def _problems(folder: Path, rule: SeedRule) -> Iterator[SeedProblem]:
    path = folder / f"{rule.name}.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            yield from _of_file(path.name, rule, ((reader.line_num, row) for row in reader))
    except FileNotFoundError:
        yield SeedProblem(path.name, 1, "", "", "the file is missing; a heading alone is enough")
    except UnicodeDecodeError:
        yield SeedProblem(path.name, 1, "", "", "the file is not UTF-8; save it as CSV UTF-8")
    except csv.Error as error:
        yield SeedProblem(path.name, 1, "", "", f"this is not CSV ({error})")


def _of_file(
    name: str, rule: SeedRule, lines: Iterable[tuple[int, list[str]]]
) -> Iterator[SeedProblem]:
    expected = [column.name for column in rule.columns]
    heading: list[str] | None = None
    seen: dict[tuple[tuple[str, ...], tuple[str, ...]], int] = {}
    for number, fields in lines:
        if not any(field.strip() for field in fields):
            continue
        if heading is None:
            heading = fields
            if sorted(heading) != sorted(expected):
                yield SeedProblem(name, number, "", "", _heading(heading, expected))
                return
            continue
        if len(fields) != len(heading):
            what = f"{len(fields)} fields where the heading has {len(heading)}"
            yield SeedProblem(name, number, "", "", f"{what}; quote a value that holds a comma")
            continue
        row = dict(zip(heading, fields, strict=True))
        for column in rule.columns:
            advice = _advice(column, row[column.name])
            if advice:
                yield SeedProblem(name, number, column.name, row[column.name], advice)
        yield from _repeated(name, rule, number, row, seen)
    if heading is None:
        what = f"the file is empty; it needs the heading {','.join(expected)}"
        yield SeedProblem(name, 1, "", "", what)


def _heading(found: list[str], expected: list[str]) -> str:
    missing = [name for name in expected if name not in found]
    unknown = [name for name in found if name not in expected]
    parts = [f"lacks {', '.join(missing)}"] if missing else []
    parts += [f"has the unknown {', '.join(unknown)}"] if unknown else []
    parts += [] if parts else ["repeats a column"]
    return f"the heading {' and '.join(parts)}; it must be {','.join(expected)}"


def _repeated(
    name: str,
    rule: SeedRule,
    number: int,
    row: dict[str, str],
    seen: dict[tuple[tuple[str, ...], tuple[str, ...]], int],
) -> Iterator[SeedProblem]:
    for key in rule.keys:
        values = tuple(row[column] for column in key)
        first = seen.setdefault((key, values), number)
        if first != number:
            what = f"the same key as row {first}; keep one of the two"
            yield SeedProblem(name, number, ", ".join(key), ", ".join(values), what)


def _advice(column: ColumnRule, value: str) -> str:
    """What to do about a value, or nothing."""
    if value != value.strip():
        return "remove the blanks around it"
    if value == "":
        # What is not said to be so would silently count as not so.
        is_needed = column.required or column.data_type == "boolean"
        return "must not be empty" if is_needed else ""
    if column.allowed and value not in column.allowed:
        return f"is not known here; use one of {', '.join(column.allowed)}"
    return _mistyped(column, value) or _misheld(column, value)


def _mistyped(column: ColumnRule, value: str) -> str:
    kind = column.data_type
    if kind == "boolean":
        return "" if value.lower() in ("true", "false") else "write true or false"
    if kind == "date":
        return _not_a_date(value)
    if kind in _WHOLE:
        return "" if re.fullmatch(r"-?\d+", value) else "write a whole number"
    if kind == "double" or _DECIMAL.fullmatch(kind):
        return _not_a_number(kind, value)
    return ""


def _not_a_date(value: str) -> str:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            date.fromisoformat(value)
            return ""
    except ValueError:
        return "there is no such day"
    return "write the date as YYYY-MM-DD"


def _not_a_number(kind: str, value: str) -> str:
    if value.endswith("%"):
        return "write a fraction without the sign: 20 % is 0.2"
    if "," in value:
        return "write the number with a point and without separators: 1234.56"
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "write a number"
    return _too_long(kind, number) if number.is_finite() else "write a number"


def _too_long(kind: str, number: Decimal) -> str:
    scaled = _DECIMAL.fullmatch(kind)
    if scaled is None:
        return ""
    if -int(number.as_tuple().exponent) > int(scaled[2]):
        return f"at most {scaled[2]} digits after the point; the rest would be cut off"
    is_too_large = number.adjusted() + 1 > int(scaled[1]) - int(scaled[2])
    return f"too large for {kind}" if is_too_large else ""


def _misheld(column: ColumnRule, value: str) -> str:
    advice = _HELD.get(column.holds or "")
    return advice(value) if advice else ""


def _not_a_fraction(value: str) -> str:
    number = Decimal(value)
    if 1 < number <= 100:
        return f"a fraction from 0 to 1 is wanted; for {number} % write {number / 100:f}"
    return "" if 0 <= number <= 1 else "a fraction from 0 to 1 is wanted"


def _shown(value: str) -> str:
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}...")


_HELD: dict[str, Callable[[str], str]] = {
    "fraction": _not_a_fraction,
    "rate": lambda value: "" if Decimal(value) > 0 else "a rate is more than 0",
    "not_negative": lambda value: "" if Decimal(value) >= 0 else "must not be negative",
    "currency": lambda value: (
        "" if value in CURRENCIES else "is not a currency of ISO 4217 (GBP, EUR, USD ...)"
    ),
    "lower_case": lambda value: (
        ""
        if value == value.lower()
        else f"values are compared in lower case; write {_shown(value.lower())}"
    ),
    "first_of_month": lambda value: (
        "" if value.endswith("-01") else f"a month is named by its first day; write {value[:7]}-01"
    ),
    "record": lambda value: (
        ""
        if re.fullmatch(r"[^:\s]+:\S+", value)
        else "name the record as its account, a colon and its id, such as bullhorn:2001"
    ),
}
