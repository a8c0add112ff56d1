"""``python -m benchmarks.floor``: the same marts by one script in memory, the floor of a build.

Every model as dbt compiled it, once, in order, in one process over all of landing: no
increments, no tests, no contracts, no gate, nothing on the disk but the marts at the end.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from ingestion.landing import landed_files
from orchestration.warehouse import lay_out
from publication import public_marts


@dataclass(frozen=True, slots=True)
class Statement:
    """One model: its name, where dbt put it, and the query dbt compiled."""

    name: str
    relation: str
    query: str


def run_floor(home: Path, out: Path, threads: int = 2) -> list[tuple[str, float]]:
    """Write one Parquet file per public mart into ``out``, from ``home/landing`` alone.

    ``home`` must have been built: its compiled models and seeds are taken.

    Returns:
        Each model, and its seconds; last the writing of the marts.

    Raises:
        FileNotFoundError: nothing was built in the home.
        duckdb.Error: a model does not fit the landing.
    """
    out.mkdir(parents=True, exist_ok=True)
    manifest, results = _artifacts(home)
    spent: list[tuple[str, float]] = []
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {threads}")
        connection.execute("attach ':memory:' as warehouse")
        connection.execute("use warehouse")
        lay_out(connection, home, landed_files(home / "landing"))
        connection.execute("set preserve_insertion_order = false")
        _copy_seeds(connection, home)
        for statement in _statements(manifest, results):
            started = time.perf_counter()
            connection.execute(f"create table {statement.relation} as {statement.query}")
            spent.append((statement.name, time.perf_counter() - started))
        started = time.perf_counter()
        for mart in public_marts(manifest):
            columns = ", ".join(column.name for column in mart.columns)
            path = _text(out / f"{mart.name}.parquet")
            connection.execute(
                f"copy (select {columns} from {mart.relation} order by {', '.join(mart.grain)})"
                f" to {path} (format parquet, compression zstd)"
            )
        spent.append(("marts to Parquet", time.perf_counter() - started))
    return spent


def _artifacts(home: Path) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    found = sorted(home.glob("dbt/*/run_results.json"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise FileNotFoundError(f"{home}/dbt has no finished build; run `vouch run` first")
    manifest = json.loads((found[-1].parent / "manifest.json").read_text(encoding="utf-8"))
    return manifest, json.loads(found[-1].read_text(encoding="utf-8"))["results"]


def _statements(
    manifest: Mapping[str, Any], results: Sequence[Mapping[str, Any]]
) -> Iterator[Statement]:
    models = {row["unique_id"]: row for row in results if row["unique_id"].startswith("model.")}
    order = TopologicalSorter(
        {
            model: [node for node in manifest["parent_map"][model] if node in models]
            for model in sorted(models)
        }
    )
    for model in order.static_order():
        row = models[model]
        yield Statement(model.split(".")[2], row["relation_name"], row["compiled_code"])


def _copy_seeds(connection: duckdb.DuckDBPyConnection, home: Path) -> None:
    for schema in ("seeds", "staging", "intermediate", "marts"):
        connection.execute(f"create schema {schema}")
    connection.execute(f"attach {_text(home / 'warehouse.duckdb')} as built (read_only)")
    seeds = connection.execute(
        "select table_name from duckdb_tables()"
        " where database_name = 'built' and schema_name = 'seeds'"
    ).fetchall()
    for (seed,) in seeds:
        connection.execute(f"create table seeds.{seed} as from built.seeds.{seed}")
    connection.execute("detach built")


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def main() -> None:
    """Run over ``HOME/landing`` and print the seconds per model as JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks.floor", description=__doc__)
    parser.add_argument("home", type=Path, help="a VOUCH_HOME that was built")
    parser.add_argument("out", type=Path, help="folder for the Parquet files")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    json.dump(run_floor(given.home, given.out, given.threads), sys.stdout)


if __name__ == "__main__":
    main()
