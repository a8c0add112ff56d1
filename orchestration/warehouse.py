"""The warehouse before dbt: views over complete loads, and the key of the pseudonyms."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.drop import DATASET, ENTITY
from ingestion.envelope import ENVELOPE, REJECTS
from ingestion.landing import LandedFile
from ingestion.vendor import vendor, vendor_names

_KEY_BYTES = 32
REJECTED = "rejects"


@dataclass(frozen=True, slots=True)
class Made:
    """What a build depends on besides landing: the day, and the digest of dbt's project."""

    as_of: date
    code: str


def prepare(
    warehouse: Path,
    home: Path,
    files: Iterable[LandedFile],
    made: Made,
) -> None:
    """Make the warehouse ready for dbt, and note what it will be made as.

    One view per vendor and entity over exactly the files of complete loads (an empty one
    where nothing has landed yet), the table that remembers which loads are staged, and
    the pseudonym key in schema ``people``, which no release ever copies.
    """
    with duckdb.connect(str(warehouse)) as connection:
        # All of it or nothing: a run killed in between would leave a build of no day and no code.
        connection.begin()
        lay_out(connection, home, files)
        connection.execute("create or replace table landing.build (as_of date, code varchar)")
        connection.execute("insert into landing.build values (?, ?)", [made.as_of, made.code])
        connection.commit()


def lay_out(
    connection: duckdb.DuckDBPyConnection,
    home: Path,
    files: Iterable[LandedFile],
) -> None:
    """What models read that is no model: landing's views, staged loads, the pseudonym key."""
    connection.execute("set timezone = 'UTC'")
    for vendor_name, entities in landing_entities().items():
        connection.execute(f"create schema if not exists landing_{vendor_name}")
        landed = _paths(files, vendor_name)
        for entity in entities:
            connection.execute(_view(vendor_name, entity, landed[entity]))
    connection.execute("create schema if not exists landing")
    connection.execute(
        "create table if not exists landing.staged_loads (model varchar, load_id varchar)"
    )
    connection.execute("create schema if not exists people")
    connection.execute("create or replace table people.pseudonym_key (secret varchar)")
    connection.execute("insert into people.pseudonym_key values (?)", [_secret(home)])


def key_digest(home: Path) -> str:
    """Tells one pseudonym key from another, without telling it."""
    return hashlib.sha256(_secret(home).encode()).hexdigest()


def last_made(warehouse: Path) -> Made | None:
    """How the warehouse was last built, or None before the first time."""
    if not warehouse.exists():
        return None
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        try:
            row = connection.execute("select as_of, code from landing.build").fetchone()
        except (duckdb.CatalogException, duckdb.BinderException):
            return None
    return Made(*row) if row else None


def staged(warehouse: Path, files: Iterable[LandedFile]) -> tuple[LandedFile, ...]:
    """Those of the files that the models have read: a build of a part leaves others waiting."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute("select model, load_id from landing.staged_loads").fetchall()
    read = set(rows)
    return tuple(
        file
        for file in files
        # Rejects are read where they lie, without a staging model.
        if file.entity == REJECTED or (f"stg_{file.vendor}__{file.entity}", file.load_id) in read
    )


def landing_entities() -> dict[str, list[str]]:
    """Every landing entity there can be, by vendor; ``rejects`` is each vendor's last."""
    declared = {name: [entity.name for entity in vendor(name).entities] for name in vendor_names()}
    declared[DATASET] = [ENTITY]
    return {name: [*entities, REJECTED] for name, entities in declared.items()}


def _paths(files: Iterable[LandedFile], vendor_name: str) -> dict[str, list[Path]]:
    by_entity: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        if file.vendor == vendor_name:
            by_entity[file.entity].append(file.path)
    return by_entity


def _view(vendor_name: str, entity: str, paths: list[Path]) -> str:
    schema = REJECTS if entity == REJECTED else ENVELOPE
    columns = ", ".join(schema.names)
    if paths:
        listed = ", ".join(f"'{_quoted(path)}'" for path in paths)
        rows = f"select {columns} from read_parquet([{listed}])"
    else:
        typed = ", ".join(f"null::{_type(field)} as {field.name}" for field in schema)
        rows = f"select {typed} where false"
    return f"create or replace view landing_{vendor_name}.{entity} as {rows}"


def _type(field: pa.Field) -> str:
    return "timestamptz" if pa.types.is_timestamp(field.type) else "varchar"


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _secret(home: Path) -> str:
    """The key of this home's pseudonyms: made once, readable by its owner only.

    Without it pseudonyms cannot be recomputed from names and addresses; with another one
    nobody is the same person any more, so it must be kept with the landing.
    """
    path = home / "pseudonym.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(_KEY_BYTES), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
