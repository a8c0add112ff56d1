"""Warehouse tables to Parquet files, the same rows always to the same bytes, and to DuckDB."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.files import file_sha256, sync
from publication.marts import EvidenceModel, PublicMart
from publication.parquet import copy_query, literal
from publication.places import DATABASE
from publication.rows import differing, quoted
from publication.unmapped import released_query

# One row in so many; a table of which more moved is smaller and faster when it is made anew.
_MOVED_AT_MOST = 8


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
        connection.execute("set preserve_insertion_order = true")
        connection.execute(f"set threads = {threads}")
        queries = {f"{mart.name}.parquet": _mart_query(mart) for mart in marts}
        for model in evidence:
            queries[f"evidence/{model.name}.parquet"] = _evidence_query(connection, model)

        def write(name: str) -> None:
            with connection.cursor() as cursor:
                cursor.execute("set TimeZone = 'UTC'")
                copy_query(cursor, queries[name], folder / name)

        # A file of fewer rows than a row group is written by one thread, and most are.
        with ThreadPoolExecutor(threads) as writers:
            for _ in writers.map(write, queries):
                pass
    sync(folder / "evidence")


def _mart_query(mart: PublicMart) -> str:
    columns = ", ".join(quoted(column.name) for column in mart.columns)
    grain = ", ".join(f"{quoted(column)} nulls last" for column in mart.grain)
    return f"select {columns} from {mart.relation} order by {grain}"


def _evidence_query(connection: duckdb.DuckDBPyConnection, model: EvidenceModel) -> str:
    if model.unmapped is None:
        return f"select * from {model.relation} order by all"
    described = connection.execute(f"describe {model.relation}").fetchall()
    return released_query(model.relation, {row[0]: row[1] for row in described})


@dataclass(frozen=True, slots=True)
class EarlierDatabase:
    """A database, and Parquet files whose rows its tables hold, by mart."""

    path: Path
    files: Mapping[str, Path]


def make_database(
    folder: Path, marts: Iterable[str], earlier: EarlierDatabase | None = None
) -> None:
    """The marts' Parquet files as tables of ``serving.duckdb``, schema ``marts``.

    Other tables are taken from ``earlier`` as they are.
    """
    if earlier is not None:
        shutil.copyfile(earlier.path, folder / DATABASE)
    add_tables(folder, marts, earlier.files if earlier else {})


def add_tables(folder: Path, marts: Iterable[str], earlier: Mapping[str, Path]) -> None:
    """Put these marts' Parquet files into ``serving.duckdb``, in the place of what it has.

    ``earlier`` are files whose rows the tables hold now, by mart.
    """
    # From the Parquet files, not the warehouse: the two then cannot hold different rows.
    with duckdb.connect(str(folder / DATABASE)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("begin")
        connection.execute("create schema if not exists marts")
        for mart in marts:
            file = folder / f"{mart}.parquet"
            before = earlier.get(mart)
            if before is None or not _has_moved_rows(connection, mart, before, file):
                connection.execute(
                    f"create or replace table marts.{quoted(mart)} as"
                    f" from read_parquet({literal(file)})"
                )
        connection.execute("commit")
        connection.execute("checkpoint")
    sync(folder / DATABASE)
    sync(folder)


def _has_moved_rows(
    connection: duckdb.DuckDBPyConnection, mart: str, before: Path, now: Path
) -> bool:
    """Change a table from one file's rows to another's; False when it had better be made anew.

    Rows are told by hash. That the table then holds the file's rows is the gate's to judge.
    """
    files = [f"read_parquet({literal(path)})" for path in (before, now)]
    described = [connection.execute(f"describe from {file}").fetchall() for file in files]
    if described[0] != described[1]:
        return False
    connection.execute(
        f"create or replace temp table moved as {differing(f'from {files[0]}', f'from {files[1]}')}"
    )
    moved, rows = connection.execute(
        f"select (select count(*) from moved), (select count(*) from {files[1]})"
    ).fetchall()[0]
    if moved * _MOVED_AT_MOST > rows:
        return False
    connection.execute(
        f"delete from marts.{quoted(mart)} as one"
        " where hash(one) in (select row_hash from moved where more < 0)"
    )
    connection.execute(
        f"insert into marts.{quoted(mart)} select one.* from {files[1]} as one"
        " where hash(one) in (select row_hash from moved where more > 0)"
    )
    return True


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
