"""Rows of one released mart on their way into PostgreSQL, and back to be compared."""

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
from sqlalchemy import Connection, Engine, text

from expectations.files import file_sha256
from publication.errors import ServingFailed
from publication.parquet import literal
from publication.releases import Release
from publication.rows import quoted

_TYPES = {
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double precision",
    "INTEGER": "integer",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "VARCHAR": "text",
}


@dataclass(frozen=True, slots=True)
class ServedFile:
    """One mart of a release: its Parquet file, and DuckDB's types of its columns."""

    mart: str
    path: Path
    sha256: str
    rows: int
    types: Mapping[str, str]

    @property
    def columns(self) -> str:
        """Quoted names, in order."""
        return ", ".join(map(quoted, self.types))

    @property
    def definitions(self) -> str:
        """The columns as PostgreSQL declares them. Raises ``ServingFailed``."""
        return ", ".join(
            f"{quoted(name)} {self._type(name, kind)}" for name, kind in self.types.items()
        )

    @property
    def relation(self) -> str:
        """Of the table for these rows, named for mart and columns: others are another table."""
        shape = hashlib.sha256(self.definitions.encode()).hexdigest()[:8]
        return f"{self.mart}_{shape}"

    def _type(self, column: str, kind: str) -> str:
        if kind.startswith("DECIMAL("):
            return kind.replace("DECIMAL", "numeric")
        if kind not in _TYPES:
            raise ServingFailed(
                f"{self.mart}.{column} is {kind}, which PostgreSQL is not given yet; "
                f"types it is given: DECIMAL, {', '.join(_TYPES)}"
            )
        return _TYPES[kind]


def served_file(release: Release, manifest: Mapping[str, Any], mart: str) -> ServedFile:
    """One mart of the release whose manifest this is."""
    name = f"{mart}.parquet"
    path = release.folder / name
    with duckdb.connect() as connection:
        described = connection.execute(f"describe from read_parquet({literal(path)})").fetchall()
    types = {row[0]: row[1] for row in described}
    return ServedFile(mart, path, manifest["files"][name], manifest["rows"][name], types)


def load(engine: Engine, file: ServedFile) -> int:
    """The number under which the file's rows lie in their table; they are put there if need be.

    Raises:
        ServingFailed: the file is not what was released, or not all of its rows arrived.
    """
    with engine.begin() as connection:
        key = {"mart": file.mart, "sha256": file.sha256, "relation": file.relation}
        number = connection.execute(
            text(
                "select file from vouch_serving.files"
                " where mart = :mart and sha256 = :sha256 and relation = :relation"
            ),
            key,
        ).scalar()
        if number is not None:
            return int(number)
        if file_sha256(file.path) != file.sha256:
            raise ServingFailed(f"{file.path} was changed after publication; run `vouch verify`")
        table = f"vouch_serving.{quoted(file.relation)}"
        connection.exec_driver_sql(
            f"create table if not exists {table} (file integer not null, {file.definitions});"
            f" create index if not exists {quoted(f'{file.relation}_file')} on {table} (file)"
        )
        number = connection.execute(
            text(
                "insert into vouch_serving.files (mart, sha256, relation)"
                " values (:mart, :sha256, :relation) returning file"
            ),
            key,
        ).scalar_one()
        with _csv(file, int(number)) as content:
            arrived = _copy(connection, f"copy {table} from stdin (format csv)", content)
        if arrived != file.rows:
            raise ServingFailed(f"{arrived} rows of {file.mart} arrived, of {file.rows}")
        return int(number)


def is_equal(connection: Connection, file: ServedFile) -> bool:
    """Whether the mart's view holds the file's rows, by their number and the sum of hashes."""
    counted = "select count(*), sum(hash(each)::hugeint) from {} as each"
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in file.types.items())
    with tempfile.TemporaryDirectory(prefix="vouch-serving-") as folder:
        path = Path(folder) / "rows.csv"
        with path.open("wb") as content:
            _copy(
                connection,
                f"copy (select {file.columns} from marts.{quoted(file.mart)}) to stdout"
                " (format csv, force_quote *)",
                content,
            )
        view = (
            f"read_csv({literal(path)}, auto_detect = false, header = false, delim = ',',"
            f" quote = '\"', escape = '\"', allow_quoted_nulls = false, columns = {{{types}}})"
        )
        with duckdb.connect() as database:
            database.execute("set TimeZone = 'UTC'")
            released, served = (
                database.execute(counted.format(relation)).fetchone()
                for relation in (f"read_parquet({literal(file.path)})", view)
            )
    return released == served


@contextmanager
def _csv(file: ServedFile, number: int) -> Iterator[BinaryIO]:
    """The rows as PostgreSQL reads them: nothing is null, two quotes are the empty text."""
    texts = [quoted(name) for name, kind in file.types.items() if kind == "VARCHAR"]
    quoting = f", force_quote ({', '.join(texts)})" if texts else ""
    with tempfile.TemporaryDirectory(prefix="vouch-serving-") as folder:
        path = Path(folder) / "rows.csv"
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(
                f"copy (select {number}, * from read_parquet({literal(file.path)}))"
                f" to {literal(path)} (format csv, header false{quoting})"
            )
        with path.open("rb") as content:
            yield content


def _copy(connection: Connection, statement: str, stream: BinaryIO) -> int:
    """Rows that a COPY took from the stream or put into it, in the connection's transaction."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    cursor.execute(statement, stream=stream)
    return int(cursor.rowcount)
