"""Where a figure comes from: mart row, agency-model rows, landed payloads and their hashes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.candidate import LandingFile
from publication.declared import marts_from_json
from publication.errors import UnknownRow
from publication.explained import ExplainedRow, Walk
from publication.landed_records import LandedRecord, RecordName, find_records
from publication.marts import PublicMart
from publication.places import VERDICT
from publication.releases import Release, current, release_named
from publication.rows import Row, rows_named


@dataclass(frozen=True, slots=True)
class Explanation:
    """The tree below one mart row of one release.

    ``landed`` are the deliveries of each payload that the tree stands on; ``missing``
    payloads are not in landing, or no longer.
    """

    release: str
    verdict: Path
    root: ExplainedRow
    landed: Mapping[RecordName, tuple[LandedRecord, ...]]
    missing: tuple[RecordName, ...]

    def rows(self) -> Iterator[ExplainedRow]:
        """Every row of the tree, the mart row first."""
        waiting = [self.root]
        while waiting:
            row = waiting.pop(0)
            yield row
            waiting += row.made_of


def explain(
    home: Path,
    mart: str,
    key: Sequence[str] | Mapping[str, str],
    landing: Sequence[LandingFile],
    *,
    release_id: str | None = None,
) -> Explanation:
    """What the mart's row is made of, in the current release or the one named.

    ``key``: values as text in the order of the grain (``tenant_id`` may be left out), or by
    column. Raises ``UnknownRow`` when there is no such mart, or not exactly one such row.
    """
    release = current(home) if release_id is None else release_named(home, release_id)
    declared = {each.name: each for each in marts_from_json(release.manifest()["marts"])}
    if mart not in declared:
        raise UnknownRow(f"{mart} is not a public mart; there are {', '.join(sorted(declared))}")
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        row = _the_row(connection, release, declared[mart], key)
        root = Walk(connection, release).below(mart, row)
    tree = Explanation(release.id, release.folder / VERDICT, root, {}, ())
    names = {row.record for row in tree.rows() if row.record is not None}
    landed = find_records(names, landing)
    missing = tuple(sorted(names - landed.keys()))
    return Explanation(release.id, release.folder / VERDICT, root, landed, missing)


def _the_row(
    connection: duckdb.DuckDBPyConnection,
    release: Release,
    mart: PublicMart,
    key: Sequence[str] | Mapping[str, str],
) -> Row:
    named = dict(key) if isinstance(key, Mapping) else _by_grain(mart, key)
    unknown = sorted(named.keys() - {column.name for column in mart.columns})
    if unknown:
        raise UnknownRow(f"{mart.name} has no column {', '.join(unknown)}")
    rows = rows_named(connection, release.folder / f"{mart.name}.parquet", named)
    told = ", ".join(f"{column}={value}" for column, value in named.items())
    if not rows:
        raise UnknownRow(f"{mart.name} has no row with {told} in release {release.id}")
    if len(rows) > 1:
        raise UnknownRow(f"{mart.name} has several rows with {told}; give more of its key")
    return rows[0]


def _by_grain(mart: PublicMart, values: Sequence[str]) -> dict[str, str]:
    columns = mart.grain
    if len(values) < len(columns):
        columns = tuple(column for column in columns if column != "tenant_id")
    if len(values) != len(columns):
        raise UnknownRow(f"the key of {mart.name} is {' '.join(columns)}: {len(columns)} values")
    return dict(zip(columns, values, strict=True))
