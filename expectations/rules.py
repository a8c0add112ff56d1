"""A rule: one statement about one mart, as data that Great Expectations can run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

EARLIEST_DATE = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Rule:
    """``expectation`` is a Great Expectations class; ``says`` is the rule in words.

    ``measure`` is SQL over ``{batch}`` giving one aggregate number for the message of a
    failure: a count or a share, never a value of a row. ``keys`` is SQL over ``{batch}`` giving
    one text per row at fault: its id, and dates or currencies, never anything about people.
    """

    name: str
    expectation: str
    says: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    measure: str = ""
    keys: str = ""


def at_least_rows(rows: int) -> Rule:
    """The mart is not empty (or has at least so many rows)."""
    return Rule(
        name="row_count",
        expectation="ExpectTableRowCountToBeBetween",
        says=f"at least {rows} rows",
        arguments={"min_value": rows},
        measure="select count(*) from {batch}",
    )


def between(column: str, low: float, high: float | None = None) -> Rule:
    """Every value that is there lies within the bounds, both included."""
    outside = f"{column} < {low}" + ("" if high is None else f" or {column} > {high}")
    return Rule(
        name=f"{column}_within_bounds",
        expectation="ExpectColumnValuesToBeBetween",
        says=f"{column} from {low}" + ("" if high is None else f" to {high}"),
        arguments={"column": column, "min_value": low, "max_value": high},
        measure=f"select count(*) from {{batch}} where {outside}",
    )


def dates_sane(column: str, as_of: date, days_ahead: int) -> Rule:
    """Not before 1990, not more than so many days after the day the build counts as."""
    latest = f"(date '{as_of.isoformat()}' + {days_ahead})"
    early = f"date '{EARLIEST_DATE.isoformat()}'"
    return never(
        f"{column}_is_a_sane_date",
        f"cast({column} as date) < {early} or cast({column} as date) > {latest}",
        f"{column} between {EARLIEST_DATE} and {days_ahead} days after {as_of}",
    )


def matches(column: str, pattern: str) -> Rule:
    """Every value that is there has this form."""
    # Great Expectations has no regular expressions for DuckDB (1.24), DuckDB does.
    return never(
        f"{column}_has_its_form",
        f"not regexp_matches(cast({column} as varchar), '{pattern}')",
        f"{column} like {pattern}",
    )


def pseudonym(column: str) -> Rule:
    """Every value that is there is a keyed pseudonym: 32 hexadecimal digits."""
    return never(
        f"{column}_is_a_pseudonym",
        f"length({column}) <> 32 or not regexp_matches({column}, '^[0-9a-f]+$')",
        f"{column} of 32 hexadecimal digits",
    )


def never(name: str, condition: str, says: str) -> Rule:
    """No row fulfils the condition. A condition that is null is not fulfilled."""
    return no_rows(name, f"select 1 as violated from {{batch}} where {condition}", says)


def no_rows(name: str, query: str, says: str) -> Rule:
    """The query over ``{batch}`` finds nothing.

    It selects constants only: no value of a row can then reach a result or a log. It may
    hold no other braces, Great Expectations formats it.
    """
    return Rule(
        name=name,
        expectation="UnexpectedRowsExpectation",
        says=says,
        arguments={"unexpected_rows_query": query},
        measure=f"select count(*) from ({query})",
    )


def at_most(name: str, condition: str, limit: int, says: str, key: str) -> Rule:
    """At most ``limit`` rows fulfil the condition; ``key`` tells which."""
    count = f"select count(*) from {{batch}} where {condition}"
    return Rule(
        name=name,
        expectation="UnexpectedRowsExpectation",
        says=says,
        arguments={"unexpected_rows_query": f"select 1 as violated where ({count}) > {limit}"},
        measure=count,
        keys=f"select {key} from {{batch}} where {condition}",
    )


def share_at_most(name: str, part: str, limit: float, of: str = "1", key: str = "") -> Rule:
    """``sum(of)`` over rows where ``part`` holds, divided by ``sum(of)``, at most ``limit``.

    ``key`` tells which rows they are.
    """
    share = (
        f"select sum(case when {part} then {of} else 0 end) / nullif(sum({of}), 0) from {{batch}}"
    )
    return Rule(
        name=name,
        expectation="UnexpectedRowsExpectation",
        says=f"a share of at most {limit}",
        arguments={"unexpected_rows_query": f"select 1 as violated where ({share}) > {limit}"},
        measure=share,
        keys=f"select {key} from {{batch}} where {part}" if key else "",
    )
