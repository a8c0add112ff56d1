"""What the agency has to mend: the lists that go with a release.

Most are of what a mapping file does not say yet; one may also be about what a source sends.
"""

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
    """A model's ``config.meta.unmapped``: what to do about its rows.

    ``seed`` is the mapping file that lacks them, None where it is mended at the source. ``show``
    are the columns that name a row, ``count`` the one that says how much is behind it (without
    one, rows are counted). ``where`` leaves rows out of the list.
    """

    seed: str | None
    message: str
    show: tuple[str, ...]
    count: str | None = None
    where: str = "true"


@dataclass(frozen=True, slots=True)
class Unmapped:
    """One list: its length, what is behind it in all, and the first rows by that count."""

    model: str
    seed: str | None
    message: str
    count: str | None
    rows: int
    behind: int
    top: tuple[tuple[str, int], ...]


def unmapped_rule(model: str, meta: Mapping[str, Any], columns: set[str]) -> UnmappedRule:
    """The declaration. Raises ``MartDeclarationError`` when it lacks something."""
    missing = {"message", "show"} - meta.keys()
    show, count = tuple(meta.get("show") or ()), meta.get("count")
    unknown = {*show, *([count] if count else [])} - columns
    if missing or unknown:
        raise MartDeclarationError(
            f"{model}: config.meta.unmapped needs message and show, and may have seed, count "
            f"and where; {sorted(missing or unknown)} is missing or no column of it"
        )
    where = meta.get("where", "true")
    return UnmappedRule(meta.get("seed"), meta["message"], show, count, where)


def rule_from_json(document: Mapping[str, Any] | None) -> UnmappedRule | None:
    """The inverse of ``asdict``; None for a model that is no such list."""
    return None if document is None else UnmappedRule(**{**document, "show": (*document["show"],)})


def released_query(relation: str, columns: Mapping[str, str]) -> str:
    """The model's rows as they may be released: what looks like an address is left out.

    ``columns`` are types by name.
    """
    chosen = [
        f"case when {PERSONAL.format(name)} then '(personal)' else {name} end as {name}"
        # A hash may begin like a number to call, and names the landed payload.
        if kind == "VARCHAR" and not name.endswith(("_id", "_sha256"))
        else name
        for name, kind in columns.items()
    ]
    return f"select {', '.join(chosen)} from {relation} order by all"


def read_unmapped(folder: Path, models: Mapping[str, UnmappedRule]) -> tuple[Unmapped, ...]:
    """The lists of a candidate or release that hold anything: by seed, then those without one."""
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
    return tuple(sorted(found, key=lambda each: (each.seed or "~", each.model)))


def _listed(
    connection: duckdb.DuckDBPyConnection, path: Path, rule: UnmappedRule
) -> list[tuple[Any, ...]]:
    shown, counted = ", ".join(rule.show), rule.count or "1"
    return connection.execute(
        f"select concat_ws(' ', {shown}), sum({counted}) as behind, count(*) over (), "
        f"sum(sum({counted})) over () from read_parquet({literal(path)}) where {rule.where} "
        f"group by {shown} order by behind desc, {shown} limit {TOP}"
    ).fetchall()
