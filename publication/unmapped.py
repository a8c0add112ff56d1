"""What the agency's mapping files do not say yet: the lists that go with a release."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from publication.errors import MartDeclarationError
from publication.parquet import literal

TOP = 5
# A source value is what somebody typed: it may be an address or a number to call.
PERSONAL = "regexp_matches(cast({0} as varchar), '@|[0-9][0-9 ()./-]{{6,}}[0-9]')"


@dataclass(frozen=True, slots=True)
class UnmappedRule:
    """A model's ``config.meta.unmapped``: which seed lacks its rows, and what to do.

    ``count`` is the column that says how much is behind a row, ``show`` what names it.
    """

    seed: str
    message: str
    count: str
    show: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unmapped:
    """One list: its length, what is behind it in all, and the first rows by that count."""

    model: str
    seed: str
    message: str
    count: str
    rows: int
    behind: int
    top: tuple[tuple[str, int], ...]


def unmapped_rule(model: str, meta: Mapping[str, Any], columns: set[str]) -> UnmappedRule:
    """The declaration. Raises ``MartDeclarationError`` when it lacks something."""
    missing = {"seed", "message", "count", "show"} - meta.keys()
    show = tuple(meta.get("show") or ())
    unknown = {*show, meta.get("count")} - columns
    if missing or unknown:
        raise MartDeclarationError(
            f"{model}: config.meta.unmapped needs seed, message, count and show, the last two "
            f"naming columns of it; {sorted(map(str, missing or unknown))} is missing"
        )
    return UnmappedRule(meta["seed"], meta["message"], meta["count"], show)


def released_query(relation: str, columns: Mapping[str, str]) -> str:
    """The model's rows as they may be released: what looks like an address is left out.

    ``columns`` are types by name.
    """
    chosen = [
        f"case when {PERSONAL.format(name)} then '(personal)' else {name} end as {name}"
        if kind == "VARCHAR" and not name.endswith("_id")
        else name
        for name, kind in columns.items()
    ]
    return f"select {', '.join(chosen)} from {relation} order by all"


def read_unmapped(folder: Path, models: Mapping[str, UnmappedRule]) -> tuple[Unmapped, ...]:
    """The lists of a candidate or release, those with anything in them, by seed."""
    found = []
    with duckdb.connect() as connection:
        for model, rule in models.items():
            path = folder / "evidence" / f"{model}.parquet"
            listed = _listed(connection, path, rule) if path.exists() else []
            rows, behind = (int(listed[0][2]), int(listed[0][3])) if listed else (0, 0)
            if rows:
                top = tuple((str(told), int(count)) for told, count, _, _ in listed)
                found.append(
                    Unmapped(model, rule.seed, rule.message, rule.count, rows, behind, top)
                )
    return tuple(sorted(found, key=lambda each: (each.seed, each.model)))


def _listed(
    connection: duckdb.DuckDBPyConnection, path: Path, rule: UnmappedRule
) -> list[tuple[Any, ...]]:
    shown = ", ".join(rule.show)
    return connection.execute(
        f"select concat_ws(' ', {shown}), sum({rule.count}) as behind, count(*) over (), "
        f"sum(sum({rule.count})) over () from read_parquet({literal(path)}) "
        f"group by {shown} order by behind desc, {shown} limit {TOP}"
    ).fetchall()
