"""Protection of small groups in what is released: docs/decisions/0008-suppression.md.

The marts hide small groups within one period. Here whole releases are looked at: sums and
differences of overlapping periods, of cuts and their whole, and of two releases in a row.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from expectations.files import sync
from expectations.suites.small_groups import SUPPRESSION_FLOOR
from publication.marts import PublicMart
from publication.parquet import write_table
from publication.suppression_books import (
    MEMORY,
    Before,
    Earlier,
    Reader,
    RowMapping,
    UnitKey,
    Units,
    Values,
)
from publication.suppression_moved import read_moved
from publication.suppression_rule import SuppressionRule
from publication.suppression_series import Decision, decide_series

FOLDER = "protection"
HIDDEN_NOTE = f"suppressed: would reveal fewer than {SUPPRESSION_FLOOR}"


@dataclass(frozen=True, slots=True)
class Protected:
    """What was done to one mart: how many rows are held and hidden beyond the mart's own."""

    mart: str
    held: int
    hidden: int


def protect(
    folder: Path,
    marts: Sequence[PublicMart],
    previous: Path | None = None,
    bare: Path | None = None,
) -> tuple[Protected, ...]:
    """Rewrite the metric marts in ``folder`` so that neither they nor their difference to
    the release in the folder ``previous`` reveals a small group.

    What was shown earlier and is withheld now is remembered in ``protection/`` beside them.
    The same marts after the same release always give the same bytes. ``bare`` is a folder with
    marts as they were before they were protected in ``previous``, to work less; nothing else
    follows from it.
    """
    return tuple(
        _protect(folder, mart, mart.suppression, previous, bare)
        for mart in marts
        if mart.suppression is not None
    )


def _protect(
    folder: Path,
    mart: PublicMart,
    rule: SuppressionRule,
    previous: Path | None,
    bare: Path | None,
) -> Protected:
    name = f"{mart.name}.parquet"
    reader = Reader(rule, mart.grain)
    before = previous / name if previous is not None and (previous / name).exists() else None
    memory = previous / FOLDER / name if previous is not None else None
    then = bare / name if bare is not None and (bare / name).exists() else None
    found = read_moved(folder / name, before, memory, reader.series, then)
    rows: list[RowMapping] = found.now.to_pylist()
    earlier = None
    if previous is not None and before is not None:
        earlier = reader.earlier(previous.name, found.before.to_pylist(), found.memory.to_pylist())
    page = _Page(reader, reader.units(rows), earlier)
    page.decide()
    changed, remembered = page.changed(), page.remembered()
    schema = found.now.schema
    if changed or found.are_others_protected:
        grain = ", ".join(f'"{column}" nulls last' for column in mart.grain)
        kept = [row for row in rows if id(row) not in page.replaced]
        final = pa.Table.from_pylist([*kept, *changed], schema=schema)
        write_table(pa.concat_tables([found.others, final]), grain, folder / name)
    if remembered or found.others_memory.num_rows:
        (folder / FOLDER).mkdir(exist_ok=True)
        for column, kind in zip(MEMORY, (pa.string(), pa.string(), pa.int64()), strict=True):
            schema = schema.append(pa.field(column, kind))
        schema = pa.schema([field.with_nullable(True) for field in schema])
        final = pa.Table.from_pylist(remembered, schema=schema)
        if found.others_memory.num_rows:
            final = pa.concat_tables([found.others_memory.cast(schema), final])
        write_table(final, "all", folder / FOLDER / name)
        sync(folder / FOLDER)
    return Protected(mart.name, page.held, page.hidden)


class _Page:
    """One mart on its way into a release."""

    def __init__(self, reader: Reader, now: Units, earlier: Earlier | None) -> None:
        self._reader, self._rule, self._now, self._earlier = reader, reader.rule, now, earlier
        self._decided: dict[UnitKey, Decision] = {}
        self.replaced: set[int] = set()
        self.held = self.hidden = 0

    def decide(self) -> None:
        """Series by series."""
        now: dict[tuple[Any, ...], Units] = defaultdict(dict)
        before: dict[tuple[Any, ...], dict[UnitKey, Before]] = defaultdict(dict)
        for key, unit in self._now.items():
            now[key.series][key] = unit
        for key, known in (self._earlier.units if self._earlier else {}).items():
            before[key.series][key] = known
        for series, units in now.items():
            self._decided |= decide_series(
                self._rule, SUPPRESSION_FLOOR, units, before[series], self._earlier
            )

    def changed(self) -> list[RowMapping]:
        """The rows to put in the place of others."""
        out: list[RowMapping] = []
        for key, decision in self._decided.items():
            unit = self._now[key]
            if decision.outcome == "shown":
                continue
            self.replaced |= {id(row) for row in unit.rows.values()}
            if decision.outcome == "held":
                rows = self._held(key, decision)
                self.held += len(rows)
            else:
                rows = [self._hidden(row) for row in unit.rows.values()]
                self.hidden += sum(not row["is_suppressed"] for row in unit.rows.values())
            out += rows
        return out

    def _hidden(self, row: RowMapping) -> RowMapping:
        if row["is_suppressed"]:
            return row
        empty = dict.fromkeys(self._rule.withheld)
        return {**row, **empty, "is_suppressed": True, "note": HIDDEN_NOTE}

    def _held(self, key: UnitKey, decision: Decision) -> list[RowMapping]:
        """The rows as they were shown, saying since when; a still one as it was published."""
        before, unit = self._earlier_of(key), self._now[key]
        assert before.shown is not None
        if decision.still and before.published is not None:
            return list(before.published.rows.values())
        reason = (
            f"fewer than {SUPPRESSION_FLOOR} people changed"
            if decision.few
            else f"would reveal a change of fewer than {SUPPRESSION_FLOOR} people"
        )
        told = f"held: {reason} since {before.since}"
        rows = []
        for name, row in unit.rows.items():
            shown = before.shown.rows.get(name)
            if shown is None:
                rows.append(self._hidden(row))
                continue
            note = f"{told}; {shown['note']}" if shown["note"] else told
            # Keys are today's: `all` may begin earlier than it did.
            keys = {"period": row["period"], "period_start": row["period_start"]}
            rows.append({**row, **shown, **keys, "note": note})
        return rows

    def remembered(self) -> list[RowMapping]:
        """What was shown and is not shown now, and the people of months at that time."""
        rows: list[RowMapping] = []
        since: dict[Values, set[str]] = defaultdict(set)
        for key, before in (self._earlier.units if self._earlier else {}).items():
            decision = self._decided.get(key)
            if before.shown is None or (decision and decision.outcome == "shown"):
                continue
            kind = decision.outcome if decision else "gone"
            since[key.series].add(before.since)
            for name, row in before.shown.rows.items():
                counted = self._now[key].rows.get(name) if decision else None
                people = int((counted or {}).get(self._rule.people) or 0)
                rows.append({**row, "kind": kind, "since": before.since, "people_now": people})
        return rows + self._cells(since)

    def _cells(self, since: Mapping[Values, set[str]]) -> list[RowMapping]:
        if self._earlier is None:
            return []
        last: dict[Values, dict[UnitKey, int]] = defaultdict(dict)
        for key, before in self._earlier.units.items():
            people = (count for count in before.people_now.values() if count > 0)
            last[key.series][key] = min(people, default=0)
        moments = {
            series: {**self._earlier.cells.get(series, {}), self._earlier.release: last[series]}
            for series in since
        }
        return [
            {**self._named(key), "kind": "cell", "since": name, "people_now": people}
            for series, names in since.items()
            for name in names
            for key, people in moments[series].get(name, {}).items()
            if key.window.period == "month" and people
        ]

    def _named(self, key: UnitKey) -> RowMapping:
        """The key as columns; a month's cell has no other."""
        start = date(key.window.first // 12, key.window.first % 12 + 1, 1)
        return {
            **dict(zip(self._reader.series, key.series, strict=True)),
            **dict(zip(self._rule.cut, key.cut, strict=True)),
            "period": key.window.period,
            "period_start": start,
        }

    def _earlier_of(self, key: UnitKey) -> Before:
        assert self._earlier is not None
        return self._earlier.units[key]
