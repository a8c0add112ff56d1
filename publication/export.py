"""Warehouse tables to Parquet files, the same rows always to the same bytes, and to DuckDB."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.files import file_sha256, sync
from publication.marts import EvidenceModel, PublicMart
from publication.parquet import copy_query, literal
from publication.places import DATABASE
from publication.unmapped import released_query


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One Parquet file, by its name relative to the candidate's folder."""

    name: str
    sha256: str
    bytes: int
    rows: int


def export_parquet(
    warehouse: Path,
    marts: Sequence[PublicMart],
    evidence: Sequence[EvidenceModel],
    folder: Path,
    threads: int = 2,
) -> None:
    """Write one file per mart and evidence model. ``duckdb.Error`` when a table is missing."""
    (folder / "evidence").mkdir(parents=True)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set preserve_insertion_order = true")
        connection.execute(f"set threads = {threads}")
        for mart in marts:
            columns = ", ".join(_quoted(column.name) for column in mart.columns)
            grain = ", ".join(f"{_quoted(column)} nulls last" for column in mart.grain)
            query = f"select {columns} from {mart.relation} order by {grain}"
            copy_query(connection, query, folder / f"{mart.name}.parquet")
        for model in evidence:
            query = f"select * from {model.relation} order by all"
            if model.unmapped is not None:
                described = connection.execute(f"describe {model.relation}").fetchall()
                query = released_query(model.relation, {row[0]: row[1] for row in described})
            copy_query(connection, query, folder / "evidence" / f"{model.name}.parquet")
    sync(folder / "evidence")


def make_database(folder: Path, marts: Iterable[str], earlier: Path | None = None) -> None:
    """The marts' Parquet files as tables of ``serving.duckdb``, schema ``marts``.

    ``earlier`` is a database whose other tables are taken as they are.
    """
    if earlier is not None:
        shutil.copyfile(earlier, folder / DATABASE)
    add_tables(folder, marts)


def add_tables(folder: Path, marts: Iterable[str]) -> None:
    """Put these marts' Parquet files into ``serving.duckdb``, in the place of what it has."""
    # From the Parquet files, not the warehouse: the two then cannot hold different rows.
    with duckdb.connect(str(folder / DATABASE)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("begin")
        connection.execute("create schema if not exists marts")
        for mart in marts:
            file = literal(folder / f"{mart}.parquet")
            connection.execute(
                f"create or replace table marts.{_quoted(mart)} as"
                f" select * from read_parquet({file})"
            )
        connection.execute("commit")
        connection.execute("checkpoint")
    sync(folder / DATABASE)
    sync(folder)


def exported(folder: Path) -> tuple[ExportedFile, ...]:
    """The Parquet files that lie in the folder, as they are now."""
    files = []
    with duckdb.connect() as connection:
        for path in sorted(folder.rglob("*.parquet")):
            query = f"select count(*) from read_parquet({literal(path)})"
            row = connection.execute(query).fetchone()
            assert row is not None
            name = path.relative_to(folder).as_posix()
            files.append(ExportedFile(name, file_sha256(path), path.stat().st_size, int(row[0])))
    return tuple(files)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
