"""The SQL of models as dbt compiles it, run on invented inputs in memory. No warehouse file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from warehouse import Warehouse


@dataclass(frozen=True)
class CompiledModels:
    """Compiled SQL by model, in the order in which the models read each other."""

    database: str
    schemas: Mapping[str, str]
    sql: Mapping[str, str]

    def run(
        self, inputs: Mapping[str, tuple[str, Sequence[tuple[Any, ...]]]], *models: str
    ) -> duckdb.DuckDBPyConnection:
        """A connection that holds the inputs (columns with types, and rows) and the models."""
        connection = duckdb.connect()
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach ':memory:' as {self.database}")
        for schema in ("marts", "intermediate"):
            connection.execute(f"create schema {self.database}.{schema}")
        connection.execute(f"use {self.database}")
        for table, (columns, rows) in inputs.items():
            connection.execute(f"create table {table} ({columns})")
            if rows:
                marks = f"({', '.join('?' * len(rows[0]))})"
                values = [value for row in rows for value in row]
                connection.execute(
                    f"insert into {table} values {', '.join([marks] * len(rows))}", values
                )
        for model in models:
            connection.execute(f"create table {self.schemas[model]}.{model} as {self.sql[model]}")
        return connection


def compiled(folder: Path, area: str, models: Mapping[str, str]) -> CompiledModels:
    """Compile models of one area of the marts; ``models`` gives each its schema."""
    warehouse = Warehouse(folder / "compiled.duckdb")
    warehouse.dbt("compile", "-s", *models)
    written = folder / "target" / "compiled" / "vouch" / "models" / "marts" / area
    sql = {model: (written / f"{model}.sql").read_text() for model in models}
    return CompiledModels("compiled", models, sql)
