"""One model, compiled by dbt and run in plain DuckDB over frames that stand for its parents."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from dbt.cli.main import dbtRunner
from warehouse import PROJECT, Warehouse


def compiled(models: Sequence[str], folder: Path) -> dict[str, str]:
    """The SQL of models by name; the relations are in the catalogue `warehouse`."""
    warehouse = Warehouse(folder / "warehouse.duckdb")
    os.environ["VOUCH_WAREHOUSE"] = str(warehouse.path)
    target = str(folder / "target")
    result = dbtRunner().invoke(
        [
            *("compile", "--quiet", "-s", *models),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", target, "--log-path", target),
            *("--vars", json.dumps({"as_of_date": "2026-01-31", "tenant_id": "t"})),
        ]
    )
    if result.exception is not None:
        raise result.exception
    runs: Any = result.result
    return {str(run.node.name): str(run.node.compiled_code) for run in runs}


def lay_out(connection: duckdb.DuckDBPyConnection, parents: Mapping[str, pd.DataFrame]) -> None:
    """A catalogue `warehouse` with the parents as tables; whole days become dates."""
    connection.execute("set TimeZone = 'UTC'; attach ':memory:' as warehouse")
    connection.execute("create schema warehouse.intermediate")
    connection.execute("create schema warehouse.marts")
    for name, frame in parents.items():
        connection.register(f"{name}_rows", frame)
        columns = ", ".join(
            f"cast({column} as date) as {column}"
            if pd.api.types.is_datetime64_any_dtype(frame[column])
            else column
            for column in frame.columns
        )
        connection.execute(
            f"create table warehouse.intermediate.{name} as select {columns} from {name}_rows"
        )


def answered(model: str, parents: Mapping[str, pd.DataFrame], folder: Path) -> pd.DataFrame:
    """What a model makes of its parents."""
    with duckdb.connect() as connection:
        lay_out(connection, parents)
        return connection.execute(compiled([model], folder)[model]).df()
