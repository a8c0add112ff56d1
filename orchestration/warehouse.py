"""The warehouse before dbt: views over complete loads, and the key of the pseudonyms."""

import secrets
from collections import defaultdict
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.drop import DATASET, ENTITY
from ingestion.envelope import ENVELOPE, REJECTS
from ingestion.landing import LandedFile
from ingestion.vendor import vendor, vendor_names

_KEY_BYTES = 32


def prepare(warehouse: Path, home: Path, files: list[LandedFile]) -> None:
    """Make the warehouse ready for dbt.

    One view per vendor and entity over exactly the files of complete loads (an empty one
    where nothing has landed yet), the table that remembers which loads are staged, and
    the pseudonym key in schema ``people``, which no release ever copies.
    """
    with duckdb.connect(str(warehouse)) as connection:
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


def landing_entities() -> dict[str, list[str]]:
    """Every landing entity there can be, by vendor; ``rejects`` is each vendor's last."""
    declared = {name: [entity.name for entity in vendor(name).entities] for name in vendor_names()}
    declared[DATASET] = [ENTITY]
    return {name: [*entities, "rejects"] for name, entities in declared.items()}


def _paths(files: list[LandedFile], vendor_name: str) -> dict[str, list[Path]]:
    by_entity: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        if file.vendor == vendor_name:
            by_entity[file.entity].append(file.path)
    return by_entity


def _view(vendor_name: str, entity: str, paths: list[Path]) -> str:
    schema = REJECTS if entity == "rejects" else ENVELOPE
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
