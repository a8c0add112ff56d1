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
PERSONAL = "regexp_matches({0}, '@|(^|[ (])[+0][0-9 ()./-]{{7,}}[0-9]')"


@dataclass(frozen=True, slots=True)
class UnmappedRule:
    """A model's ``config.meta.unmapped``: which seed lacks its rows, and what to do.

    ``show`` are the columns that name a row, ``count`` the one that says how much is behind
    it (without one, rows are counted). ``where`` leaves rows out of the list.
    """

    seed: str
    message: str
    show: tuple[str, ...]
    count: str | None = None
    where: str = "true"


@dataclass(frozen=True, slots=True)
class Unmapped:
    """One list: its length, what is behind it in all, and the first rows by that count."""

    model: str
    seed: str
    message: str
    count: str | None
    rows: int
    behind: int
    top: tuple[tuple[str, int], ...]


def unmapped_rule(model: str, meta: Mapping[str, Any], columns: set[str]) -> UnmappedRule:
    """The declaration. Raises ``MartDeclarationError`` when it lacks something."""
    missing = {"seed", "message", "show"} - meta.keys()
    show, count = tuple(meta.get("show") or ()), meta.get("count")
    unknown = {*show, *([count] if count else [])} - columns
    if missing or unknown:
        raise MartDeclarationError(
            f"{model}: config.meta.unmapped needs seed, message and show, and may have count and "
            f"where; {sorted(missing or unknown)} is missing or no column of it"
        )
    return UnmappedRule(meta["seed"], meta["message"], show, count, meta.get("where", "true"))


def rule_from_json(document: Mapping[str, Any] | None) -> UnmappedRule | None:
    """The inverse of ``asdict``; None for a model that is no such list."""
    return None if document is None else UnmappedRule(**{**document, "show": (*document["show"],)})


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
    shown, counted = ", ".join(rule.show), rule.count or "1"
    return connection.execute(
        f"select concat_ws(' ', {shown}), sum({counted}) as behind, count(*) over (), "
        f"sum(sum({counted})) over () from read_parquet({literal(path)}) where {rule.where} "
        f"group by {shown} order by behind desc, {shown} limit {TOP}"
    ).fetchall()
